import TestKit
import Testing

@testable import Staleness

@Suite("Search for pins")
struct PinBoundTests {
    /// How often a byte may be looked at, on average, whatever the text is.
    private static let stepsPerByte = 48
    private static let length = 50_000

    /// Pieces whose repetition makes a reader go back, look ahead or begin anew.
    static let pieces = [
        "a", " ", "\n", "=", "a==", "a==1", "a==1.0", "a==1.0,", "a==1.0, ", "a >= 1, ", "a[", "a[b,", "a[b ", "[a", "\"a ==1, ",
        "\"a", "'a <", "`a==1,>", "a==1,==1,", "1.0==1.0==", "a>=1,<2,>=1,<2", "a===", "a~=", "a!", "a==-", "a==1---", "pip ",
        "pip install ", "pip install a==1 ", "pip install \"", "uv add ", "a@", "a@1", "a@1.", "a@^", "@a", "@a/", "@a/b@",
        "@a/b@1",
        "@a/b@1.0.0", "@@", "a@1.0.0/", ".package(", ".package(url: \"", ".package(url: \"a\",", ".package(url:",
        ".package(\n\n\n", ".package(url: \"a\", from: \"1.0.0\")", ".package(id", ".package(url: \"a\", \"1.0.0\"..<\"", "..<",
        "é",
        "\u{0}", "- ", "* a==1\n", "a == 1\n", "a ==        ", "\na          <          1          ,", "-----", ".....",
        "a.b-c_d", "\\\n",
        "a==1;b", "a==1#", "==", ">=1", ",", "a==1.0+", "a==1.*", "a>1,<", "\"a>1,<1,\"",
    ]

    @Test("looks at each byte a bounded number of times, whatever is repeated", arguments: Self.pieces)
    func repeated(_ piece: String) {
        let text = String(repeating: piece, count: Self.length / piece.utf8.count)
        let steps = PinExtractor.countedPins(in: text).steps
        #expect(steps <= Self.stepsPerByte * text.utf8.count, "\(steps / max(1, text.utf8.count)) per byte")
    }

    @Test("does so for mixtures, and its work grows as the text does")
    func mixed() {
        var generator = SeededGenerator(seed: TestRun.seed)
        for _ in 0..<TestRun.count(60, long: 3_000) {
            let few = (0..<Int.random(in: 1...4, using: &generator)).compactMap { _ in
                Self.pieces.randomElement(using: &generator)
            }.joined()
            let count = Self.length / max(1, few.utf8.count)
            let text = String(repeating: few, count: count)
            let steps = PinExtractor.countedPins(in: text).steps
            #expect(steps <= Self.stepsPerByte * max(1, text.utf8.count), "\(few.debugDescription)")
            let twice = PinExtractor.countedPins(in: text + text).steps
            #expect(twice <= 2 * steps + 10_000, "\(few.debugDescription)")
        }
    }

    @Test("reads no more than its limit")
    func limited() {
        let text = String(repeating: "x ", count: 4_000_000) + "numpy==1.0"
        let (pins, steps) = PinExtractor.countedPins(in: text)
        #expect(pins.isEmpty && steps < Self.stepsPerByte * PinExtractor.textLimit)
    }
}
