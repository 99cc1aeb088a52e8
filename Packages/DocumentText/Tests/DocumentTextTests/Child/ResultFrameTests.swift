import TestKit
import Testing

@testable import DocumentText

@Suite("Answers of the child")
struct ResultFrameTests {
    static let good =
        ResultFrame.format(.docx).encoded + ResultFrame.page("one\n").encoded + ResultFrame.page("").encoded
        + ResultFrame.end(pages: 2).encoded

    @Test("are the same wherever they are cut")
    func splits() throws {
        let document = ExtractedDocument(
            format: .docx, pages: [DocumentPage(number: 1, text: "one\n"), DocumentPage(number: 2, text: "")])
        for place in 0...Self.good.count {
            var parser = ResultFrameParser(limits: ExtractionLimits())
            try parser.append(Self.good[..<place])
            #expect((parser.result == nil) == (place < Self.good.count))
            try parser.append(Self.good[place...])
            #expect(try parser.result?.get() == document)
        }
    }

    @Test("may be a failure, also behind the first pages")
    func failures() throws {
        let failure = DocumentTextError(.encrypted, message: "A message", detail: "two\nlines")
        for before in [[], ResultFrame.format(.pdf).encoded + ResultFrame.page("one").encoded] {
            var parser = ResultFrameParser(limits: ExtractionLimits())
            try parser.append(before + ResultFrame.failure(failure).encoded)
            let error = #expect(throws: DocumentTextError.self) { try parser.result?.get() }
            #expect(error?.code == .encrypted)
            #expect(error?.message == "A message")
            #expect(error?.detail == "two\nlines")
        }
    }

    static func frame(_ letter: Character, _ content: [UInt8], length: Int? = nil) -> [UInt8] {
        let length = UInt32(length ?? content.count)
        return Array("\(letter)".utf8) + (0..<4).map { UInt8(truncatingIfNeeded: length >> (24 - 8 * UInt32($0))) } + content
    }

    static let improper: [[UInt8]] = [
        Self.frame("X", []), Self.frame("F", Array("exe".utf8)), Self.frame("P", [0x61]), Self.frame("Z", Array("0".utf8)),
        ResultFrame.format(.pdf).encoded + ResultFrame.format(.pdf).encoded,
        ResultFrame.format(.pdf).encoded + Self.frame("P", [0xFF]),
        ResultFrame.format(.pdf).encoded + Self.frame("P", [0x00]), ResultFrame.format(.pdf).encoded + Self.frame("P", [0x0D]),
        ResultFrame.format(.pdf).encoded + ResultFrame.end(pages: 0).encoded,
        ResultFrame.format(.pdf).encoded + ResultFrame.page("").encoded + ResultFrame.end(pages: 2).encoded,
        ResultFrame.format(.pdf).encoded + ResultFrame.page("").encoded + Self.frame("Z", Array("01".utf8)),
        Self.frame("E", Array("broken".utf8)), Self.frame("E", Array("odd\nmessage\ndetail".utf8)),
        Self.good + [0], Self.good + Self.good, Self.frame("P", [], length: 20_000_001), Self.frame("F", [], length: 21),
        Self.frame("E", [], length: 70_000), Self.frame("P", [], length: Int(UInt32.max)),
    ]

    @Test("that break form, order or limits are refused", arguments: improper)
    func refuses(_ bytes: [UInt8]) {
        #expect(throws: ResultFrameParser.Fault.self) {
            var parser = ResultFrameParser(limits: ExtractionLimits())
            try parser.append(bytes)
        }
    }

    @Test("are bounded in pages and bytes")
    func isBounded() throws {
        var limits = ExtractionLimits()
        limits.pages = 2
        limits.textBytes = 3
        for pages in [["ab", "cd"], ["", "", ""], ["abcd"]] {
            #expect(throws: ResultFrameParser.Fault.self, "\(pages)") {
                var parser = ResultFrameParser(limits: limits)
                try parser.append(ResultFrame.format(.pdf).encoded + pages.flatMap { ResultFrame.page($0).encoded })
            }
        }
    }

    @Test("never trap the parent, whatever they are")
    func survivesAnything() {
        var random = SeededGenerator(seed: TestRun.seed)
        for _ in 0..<TestRun.count(2_000, long: 100_000) {
            var bytes = Self.good
            for _ in 0...Int.random(in: 0...3, using: &random) {
                bytes[Int.random(in: bytes.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            var parser = ResultFrameParser(limits: ExtractionLimits())
            guard (try? parser.append(bytes)) != nil else { continue }
            if case .success(let document)? = parser.result { #expect(document.pages.count == 2) }
        }
    }
}
