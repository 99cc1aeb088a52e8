import TestKit
import Testing

@testable import LanguageModel

@Suite("Server-sent events")
struct EventLinesTests {
    @Test(
        "come out whole, whatever ends their lines",
        arguments: [
            ("data: a\n\n", ["a"]), ("data: a\r\n\r\n", ["a"]), ("data: a\r\r", ["a"]), ("data:a\n\n", ["a"]),
            ("data:  a\n\n", [" a"]), ("data: a\ndata: b\n\n", ["a\nb"]), ("data\n\n", [""]), ("data\ndata\n\n", ["\n"]),
            (": a\n\n", []), ("event: x\nid: 7\nretry: 1\ndata: a\n\n", ["a"]), ("\u{FEFF}data: a\n\n", ["a"]),
            ("data: a\n\n\u{FEFF}data: b\n\n", ["a"]), ("data: a", []), ("data: a\n", []), ("dat: a\n\n", []),
            ("\n\n\ndata: a\n\n\ndata: b\r\n\n", ["a", "b"]), (" data: a\n\n", []), ("data: é\n\n", ["é"]),
        ])
    func events(_ text: String, _ expected: [String]) throws {
        #expect(try Self.events(text) == expected)
    }

    @Test("never are longer than allowed, in their lines nor together")
    func bounds() throws {
        #expect(try Self.events("data: aa\n\n", limit: 8) == ["aa"])
        for text in ["data: aaa\n\n", "data:aaaa\ndata:aaaa\n\n", String(repeating: "data\n", count: 10) + "\n", ":aaaaaaaaa"] {
            #expect(throws: LanguageModelError(.tooLarge, message: "")) { try Self.events(text, limit: 8) }
        }
    }

    @Test("never trap on any bytes")
    func anything() {
        var generator = SeededGenerator(seed: TestRun.seed)
        let alphabet = Array("data: \r\n\u{FEFF}x".utf8)
        for _ in 0..<TestRun.count(2_000, long: 100_000) {
            var lines = EventLines(lineByteLimit: 12)
            for _ in 0..<Int.random(in: 0..<40, using: &generator) {
                guard let byte = alphabet.randomElement(using: &generator) else { continue }
                guard (try? lines.feed(byte)) != nil else { break }
            }
        }
    }

    private static func events(_ text: String, limit: Int = 1_000) throws(LanguageModelError) -> [String] {
        var lines = EventLines(lineByteLimit: limit)
        var events: [String] = []
        for byte in text.utf8 {
            if let event = try lines.feed(byte) { events.append(String(decoding: event, as: UTF8.self)) }
        }
        return events
    }
}
