import HTTPCoreTestSupport
import LimitServiceHTTP
import Testing

@testable import LimitService

/// Answers of a shared store come later, or fail at once while its breaker is open.
@Suite("Answers that come later", .timeLimit(.minutes(1)))
struct LaterAnswerTests {
    @Test("are written in the order of their requests", arguments: [DelayedEngine.Manner.completed, .reversed(100)])
    func keepOrder(_ manner: DelayedEngine.Manner) async throws {
        let count = 20_000
        let node = try NodeFixture(service: try LimitService.testing(DelayedEngine(manner)))
        try await node.http.serving(front: node.front) { port, _ in
            let check = PathDifferenceTests.post(#"{"key":"k"}"#)
            let bytes = try await Exchange.run([Array(String(repeating: check, count: count).utf8)], to: port)
            let numbers = String(decoding: bytes, as: UTF8.self).matches(of: #/"current_count":(\d+)/#).compactMap { Int($0.1) }
            #expect(numbers == Array(1...count))
        }
    }

    @Test("come before what the ordinary path answers behind them")
    func comeBeforeOrdinary() async throws {
        let node = try NodeFixture(service: try LimitService.testing(DelayedEngine(.reversed(3))))
        try await node.http.serving(front: node.front) { port, _ in
            let check = PathDifferenceTests.post(#"{"key":"k"}"#)
            let limits = "GET /api/limits HTTP/1.1\r\nHost: x\r\n\r\n"
            let text = String(
                decoding: try await Exchange.run([Array((check + check + check + limits).utf8)], to: port), as: UTF8.self)
            let counts = text.matches(of: #/"current_count":(\d)/#).map { String($0.1) }
            #expect(counts == ["1", "2", "3"])
            #expect(text.hasSuffix(#"{"default_limit":100,"default_window_ms":60000}"#))
        }
    }
}
