import Logging
import StrictJSON
import Synchronization
import Testing

@testable import LogOutput

@Suite("Line log handler")
struct LineLogHandlerTests {
    private final class Lines: Sendable {
        let text = Mutex("")
    }

    private func line(_ format: LogFormat, message: String, metadata: Logger.Metadata = [:]) -> String {
        let lines = Lines()
        var logger = Logger(label: "gatehouse") { label in
            LineLogHandler(label: label, level: .info, format: format) { bytes in
                lines.text.withLock { $0 += String(decoding: bytes, as: UTF8.self) }
            }
        }
        logger[metadataKey: "request.id"] = "r-1"
        logger.debug("left out")
        logger.info("\(message)", metadata: metadata)
        return lines.text.withLock { $0 }
    }

    @Test("writes text for people")
    func text() {
        let line = self.line(.text, message: "request", metadata: ["http.status": "200", "note": "two words"])
        #expect(line.hasSuffix("Z info gatehouse: request http.status=200 note=\"two words\" request.id=r-1\n"))
    }

    @Test("writes JSON that a strict parser reads")
    func json() throws {
        let line = self.line(.json, message: "said \"hi\"", metadata: ["time": "forged", "k": "ü\u{0}"])
        let value = try JSONValue(parsing: Array(line.utf8.dropLast()), options: JSONParsingOptions(allowsNUL: true))
        #expect(value["message"] == "said \"hi\"")
        #expect(value["k"] == "ü\u{0}")
        #expect(value["request.id"] == "r-1")
        #expect(value["level"] == "info")
        #expect(value["time"] != "forged")
    }

    @Test(
        "keeps one event on one line, whatever it says",
        arguments: LogFormat.allCases,
        ["a\nb", "a\rb", "a\u{1B}[31mb", "a\u{2028}b", "a\u{202E}b", "a\u{85}b", "a\u{0}b"]
    )
    func oneLine(_ format: LogFormat, _ text: String) {
        let line = self.line(format, message: text, metadata: [text: "\(text)"])
        let inner = line.dropLast()
        #expect(line.hasSuffix("\n"))
        #expect(
            inner.unicodeScalars.allSatisfy {
                $0.value >= 0x20 && $0 != "\u{1B}" && $0 != "\u{85}" && $0 != "\u{2028}" && $0 != "\u{202E}"
            })
    }

    @Test(
        "writes instants in UTC",
        arguments: [
            (0, "1970-01-01T00:00:00.007Z"), (951_782_400, "2000-02-29T00:00:00.007Z"),
            (1_795_218_253, "2026-11-20T23:44:13.007Z"),
            (4_107_542_399, "2100-02-28T23:59:59.007Z"),
        ]
    )
    func timestamps(_ seconds: Int, _ expected: String) {
        var line = LogLine()
        line.appendTimestamp(WallInstant(seconds: seconds, milliseconds: 7))
        #expect(String(decoding: line.bytes, as: UTF8.self) == expected)
    }
}
