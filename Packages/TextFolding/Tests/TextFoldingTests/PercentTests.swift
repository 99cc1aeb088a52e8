import TestKit
import TextFolding
import Testing

@Suite("Percent-decoding")
struct PercentTests {
    @Test(
        "decodes until nothing is encoded",
        arguments: [
            ("%2e%2E%2f", "../"), ("%252e", "."), ("%25252e", "."), ("%2%35e", "%2%35e"), ("a%20b", "a b"), ("%C3%A9", "é"),
            ("%u002e%U002F", "./"),
            ("100%25", "100%"), ("%%32e", "."),
        ])
    func decodes(_ text: String, _ expected: String) throws {
        if text == "%2%35e" {
            // Decoding makes a new encoding: %25e, then %e.
            #expect(try TextFolding.percentDecoded(text) == "%e")
        } else {
            #expect(try TextFolding.percentDecoded(text) == expected)
        }
    }

    @Test("leaves what encodes nothing", arguments: ["", "plain", "100%", "100%.txt", "%", "%2", "%zz", "%u00", "50% off"])
    func leaves(_ text: String) throws {
        #expect(try TextFolding.percentDecoded(text) == nil)
    }

    @Test("refuses what is no UTF-8", arguments: ["%c0%af", "..%c0%af", "%ff", "%ed%a0%80", "%uD800", "%e0%80%af", "%25ff"])
    func refuses(_ text: String) {
        #expect(throws: TextFoldingError(.invalidEncoding, message: "")) { try TextFolding.percentDecoded(text) }
    }

    @Test("refuses encodings deeper than its rounds, in bounded time")
    func refusesDepth() throws {
        let deepest = "%" + String(repeating: "25", count: TextFolding.maximumRounds - 1) + "2e"
        #expect(try TextFolding.percentDecoded(deepest) == ".")
        #expect(throws: TextFoldingError(.tooManyEncodings, message: "")) {
            try TextFolding.percentDecoded("%" + String(repeating: "25", count: 400_000) + "2e")
        }
    }

    @Test("leaves nothing that decodes again")
    func isIdempotent() throws {
        var random = SeededGenerator(seed: TestRun.seed)
        for _ in 0..<TestRun.count(20_000, long: 500_000) {
            let text = (0..<Int.random(in: 0...14, using: &random)).map { _ in
                "%%%2525eEufF0/.a".randomElement(using: &random) ?? "%"
            }
            guard let decoded = try? TextFolding.percentDecoded(String(text)) else { continue }
            #expect(try TextFolding.percentDecoded(decoded) == nil, "\(String(text))")
        }
    }
}
