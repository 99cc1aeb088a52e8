import HTTPCoreTestSupport
import LimitServiceHTTP
import Testing

/// Answers that pass the high-water mark of a connection make a flush call back into its handlers.
@Suite("Long pipelines", .timeLimit(.minutes(1)))
struct LongPipelineTests {
    @Test("turn ordinary at any point, and every request gets its answer once", arguments: [100, 240, 300, 400, 1_000, 4_000])
    func turnOrdinary(_ hotCount: Int) async throws {
        let ordinaryCount = hotCount / 2
        let node = try NodeFixture()
        try await node.http.serving(front: node.front) { port, _ in
            let hot = PathDifferenceTests.post(#"{"key":"k","limit":1000000}"#)
            let body = #"{"key":"k","limit":1000000}"#
            let ordinary =
                "POST /check HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n\(String(body.utf8.count, radix: 16))\r\n"
                + "\(body)\r\n0\r\n\r\n"
            let requests = String(repeating: hot, count: hotCount) + String(repeating: ordinary, count: ordinaryCount)
            let bytes = try await Exchange.run([Array(requests.utf8)], to: port)
            let counts = String(decoding: bytes, as: UTF8.self).matches(of: #/"current_count":(\d+)/#).compactMap { Int($0.1) }
            #expect(counts == Array(1...(hotCount + ordinaryCount)))
        }
    }
}
