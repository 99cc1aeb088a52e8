import Patterns
import TestKit
import Testing

@Suite("Limits")
struct LimitTests {
    /// Searches that would take from minutes to longer than the universe lasts.
    struct Hostile: Sendable, CustomTestStringConvertible {
        let pattern: String
        let text: String

        init(_ pattern: String, _ unit: String, count: Int, end: String = "") {
            self.pattern = pattern
            self.text = String(repeating: unit, count: count) + end
        }

        var testDescription: String { "\(self.pattern) over \(self.text.utf8.count) bytes" }
    }

    @Test(
        "ends hostile searches with an error",
        arguments: [
            Hostile("(a+)+$", "a", count: 40, end: "b"),
            Hostile("(a|a)*$", "a", count: 200, end: "b"),
            Hostile("(a|b|ab)*bc", "ab", count: 200, end: "dbxc"),
            Hostile("(.*,)*x", ",", count: 200, end: "b\nx"),
            Hostile("x*fake", "x", count: 32_768, end: "fak e"),
            Hostile("[a-z]+[0-9]", "a", count: 32_768),
            Hostile("(?:a?){30}a{30}b", "a", count: 29, end: "-b"),
            Hostile("(?s).*.*.*.*fake", "x", count: 32_768, end: "fak e"),
            Hostile("(a(?R)?b?)+c", "a", count: 500, end: "-c"),
            Hostile("((?1)?a)+b", "a", count: 500, end: "-b"),
            Hostile(#"(a*)(b*)\1\2c"#, "a", count: 32_768, end: "-c"),
            Hostile(#"(?i)^(a+)(?:\1|b)*c"#, "a", count: 32_768, end: "-c"),
            Hostile("(?:(?=x*+y?)x)*!", "x", count: 32_768, end: "-!"),
            Hostile("(?:x(?<=x{250}))*?!", "x", count: 32_768, end: "-!"),
            Hostile("(?:(?:(?:a{1,9}){1,9}){1,9}){1,9}b", "a", count: 500, end: "-b"),
            Hostile("(?:x{1000}|z)+y", "x", count: 60_000, end: "-y"),
            Hostile("(?i)(?:\u{E9}+)+!", "\u{E9}", count: 5_000, end: "-!"),
        ])
    func endsHostileSearches(_ hostile: Hostile) throws {
        for encoding in [PatternOptions.Encoding.utf8, .bytes]
        where encoding == .utf8 || hostile.pattern.utf8.allSatisfy({ $0 < 128 }) {
            let options = PatternOptions(encoding: encoding, allowsNestedRepeats: true)
            let pattern = try Pattern(hostile.pattern, options: options)
            let error = #expect(throws: PatternError.self) { try pattern.firstMatch(in: hostile.text) }
            #expect(error?.code == .limitExceeded)
            // Where there is no machine code, the depth is bounded too; without that bound, the steps alone must do.
            let deep = PatternLimits(depth: .max, heapKiB: .max)
            let interpreted = try Pattern(interpreting: hostile.pattern, options: options, limits: deep)
            #expect(!interpreted.isMachineCode)
            let errorOfInterpreter = #expect(throws: PatternError.self) { try interpreted.firstMatch(in: hostile.text) }
            #expect(errorOfInterpreter?.code == .limitExceeded)
        }
    }

    @Test("answers within its limits where a search only looks expensive")
    func answersCheapSearches() throws {
        let line = String(repeating: "x", count: 32_768)
        #expect(try !Pattern(".*fake.*").isFound(in: line))
        #expect(try Pattern(".*fake.*").isFound(in: line + "fake" + line))
        #expect(try Pattern("(?s)<.*>").isFound(in: "<" + String(repeating: "a\n", count: 500_000) + ">"))
        let prose = String(repeating: "If the imp is idle, it ignores all instincts. ", count: 22_000)
        let injection = try Pattern(
            #"ignore\s+(prior|previous|all)\s+instructions"#, options: PatternOptions(ignoresCase: true))
        #expect(try !injection.isFound(in: prose))
        #expect(try injection.isFound(in: prose + "IGNORE  previous\ninstructions"))
    }

    @Test("counts steps over the whole search, not anew at each place")
    func countsOverAll() throws {
        let few = PatternLimits(match: 1_000, stepsPerByte: 0)
        let pattern = try Pattern("ab", limits: few)
        #expect(try !pattern.isFound(in: String(repeating: "ac", count: 300)))
        let error = #expect(throws: PatternError.self) { try pattern.isFound(in: String(repeating: "ac", count: 2_000) + "ab") }
        #expect(error?.code == .limitExceeded)
    }

    @Test("charges a reference to a group for the text that it compares")
    func chargesReferences() throws {
        let text = String(repeating: "a", count: 1_000) + "-" + String(repeating: "a", count: 999) + "b"
        let limits = PatternLimits(match: 20_000, depth: 100_000, stepsPerByte: 0)
        #expect(try Pattern(#"^(a*)-(?:bx|[ab])*$"#, limits: limits).isFound(in: text))
        let error = #expect(throws: PatternError.self) {
            try Pattern(#"^(a*)-(?:\1x|[ab])*$"#, limits: limits).isFound(in: text)
        }
        #expect(error?.code == .limitExceeded)
    }

    @Test("shares the steps of one search among all matches of a text")
    func sharesSteps() throws {
        let pattern = try Pattern("a", limits: PatternLimits(match: 1_000, stepsPerByte: 0))
        #expect(try pattern.matches(in: String(repeating: "a", count: 200)).count == 200)
        let error = #expect(throws: PatternError.self) { try pattern.matches(in: String(repeating: "a", count: 2_000)) }
        #expect(error?.code == .limitExceeded)
    }

    @Test("keeps memory within its limit")
    func keepsMemory() throws {
        let pattern = try Pattern("(?:(a)|b)*c", limits: PatternLimits(match: .max, depth: .max, heapKiB: 64, stepsPerByte: .max))
        let text = String(repeating: "ab", count: 200_000) + "-c"
        let error = #expect(throws: PatternError.self) { try pattern.isFound(in: text) }
        #expect(error?.code == .limitExceeded)
    }

    @Test("bounds the depth where it interprets")
    func boundsDepth() throws {
        let text = String(repeating: "ab", count: 2_000)
        let pattern = try Pattern(interpreting: "^(?:a|b)*$", options: PatternOptions(), limits: PatternLimits())
        let error = #expect(throws: PatternError.self) { try pattern.isFound(in: text) }
        #expect(error?.code == .limitExceeded)
        let deep = try Pattern(interpreting: "^(?:a|b)*$", options: PatternOptions(), limits: PatternLimits(depth: 10_000))
        #expect(try deep.isFound(in: text))
    }

    @Test("takes any numbers for limits")
    func takesAnyNumbers() throws {
        var limits = PatternLimits(match: -1, depth: -1, heapKiB: -1, stepsPerByte: -1)
        #expect(limits == PatternLimits(match: 0, depth: 0, heapKiB: 0, stepsPerByte: 0))
        let error = #expect(throws: PatternError.self) { try Pattern("ab", limits: limits).isFound(in: "ab") }
        #expect(error?.code == .limitExceeded)
        limits = PatternLimits(match: .max, depth: .max, heapKiB: .max, stepsPerByte: .max)
        #expect(try Pattern("ab", limits: limits).isFound(in: "ab"))
        limits.match = .min
        limits.stepsPerByte = .min
        #expect(throws: PatternError.self) { try Pattern("ab", limits: limits).isFound(in: "ab") }
    }
}
