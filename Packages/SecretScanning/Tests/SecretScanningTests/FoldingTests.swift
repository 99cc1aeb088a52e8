import SecretScanning
import StrictJSON
import Testing

@Suite("Characters that hide")
struct FoldingTests {
    private static let modes = [ScanMode.default, .compatible]

    private func isRejected(_ text: String, _ mode: ScanMode, isJSON: Bool = false) -> Bool {
        let scanner = Scanner(configuration: ScannerConfiguration(mode: mode))
        let report = isJSON ? scanner.scanJSON(Array(text.utf8)) : scanner.scan(text)
        if case .reject = scanner.verdict(on: report) { return true }
        return false
    }

    static let hiding: [Unicode.Scalar] = [
        "\u{200B}", "\u{200C}", "\u{200D}", "\u{200E}", "\u{200F}", "\u{2060}", "\u{2064}", "\u{AD}", "\u{FEFF}", "\u{180E}",
        "\u{FE0F}", "\u{E0101}", "\u{202E}", "\u{2066}",
    ]

    @Test("an invisible character inside a token hides it in no mode, and goes with it", arguments: Self.hiding)
    func hidesInNoMode(_ scalar: Unicode.Scalar) throws {
        let token = ExampleTemplate("ghp_⟨crc36⟩").text(seed: 3)
        let hidden =
            token.prefix(2) + String(Character(scalar)) + token.dropFirst(2).prefix(20) + String(Character(scalar))
            + token.dropFirst(22)
        let text = "see é \(hidden) there"
        for mode in Self.modes {
            #expect(self.isRejected(text, mode))
            #expect(self.isRejected(#"{"a": "\#(text)"}"#, mode, isJSON: true))
        }
        let finding = try #require(Scanner().scan(text).findings.first)
        #expect(finding.layers == [.folded] && finding.checksum == .passed)
        #expect(String(decoding: Array(text.utf8)[finding.secretSpan], as: UTF8.self) == hidden)
        let left = Scanner().redact(Array(text.utf8)).bytes
        #expect(String(decoding: left, as: UTF8.self) == "see é [REDACTED:GitHub Token] there")
    }

    @Test("fullwidth characters are read as what they show")
    func fullwidth() {
        let token = ExampleTemplate("ghp_⟨crc36⟩").text(seed: 3)
        let wide = token.unicodeScalars.map { String(Character(Unicode.Scalar($0.value + 0xFEE0) ?? $0)) }.joined()
        for mode in Self.modes { #expect(self.isRejected("a \(wide) b", mode)) }
    }

    @Test("a text longer than what is folded at once is folded everywhere, and alike in a stream")
    func longText() {
        let token = ExampleTemplate("ghp_⟨crc36⟩").text(seed: 3)
        let hidden = token.prefix(9) + "\u{200B}" + token.dropFirst(9)
        for length in stride(from: 0, through: 12_000, by: 397) {
            let filler = String(repeating: "\u{FEFF}some words ", count: length / 14)
            let text = Array((filler + hidden + " end").utf8)
            let report = Scanner().scan(text)
            #expect(report.types == ["GitHub Token"], "\(length)")
            var stream = StreamingScan(Scanner())
            for start in stride(from: 0, to: text.count, by: 97) { stream.feed(text[start..<min(start + 97, text.count)]) }
            #expect(stream.finish() == report)
        }
    }

    @Test(
        "blanks and letters that the older system takes are taken",
        arguments: [
            "password\u{A0}=\u{A0}\"hunt⟨⟩er22\"", "password =\u{3000}\"hunt⟨⟩er22\"", "pa\u{17F}sword = \"hunt⟨⟩er22\"",
            "api_\u{212A}ey = \"hunt⟨⟩er22\"",
        ])
    func olderSystem(_ template: String) {
        #expect(self.isRejected(ExampleTemplate(template).text(seed: 1), .compatible))
    }

    @Test("a comma of another script between its letters is passed over, and beside ASCII or another such character it is not")
    func otherScripts() {
        let scanner = Scanner()
        let token = ExampleTemplate("ghp_⟨crc36⟩").text(seed: 3)
        for text in [
            "文字，文字：\(token)，文字", "文\u{200B}\(token.prefix(9))\u{200B}\(token.dropFirst(9))\u{200B}文",
            "文字\u{200B}\u{200B}\(token.prefix(9))\u{200B}\u{FEFF}\(token.dropFirst(9))",
            "password ＝ \"漢字hunt\("er22")\"", "password = \"漢，字hunt\("er22")\"", "password = ＂漢字hunt\("er22")＂",
        ] {
            #expect(!scanner.scan(text).findings.isEmpty, "\(text)")
        }
    }
}
