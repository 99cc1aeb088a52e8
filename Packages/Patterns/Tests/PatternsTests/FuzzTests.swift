import Patterns
import TestKit
import Testing

/// The static checks against the engine itself, on random patterns and texts.
@Suite("Fuzz")
struct FuzzTests {
    @Test("says of literals and lengths what is true of every match")
    func saysWhatIsTrue() throws {
        var matches = 0
        var withLiterals = 0
        var withLength = 0
        for round in 0..<TestRun.count(6_000, long: 400_000) {
            var writer = PatternWriter(seed: TestRun.seed &+ UInt64(round))
            let (text, subjects) = writer.write()
            let options = PatternOptions(
                ignoresCase: writer.flip(), encoding: writer.flip() ? .bytes : .utf8, allowsNestedRepeats: true)
            guard let pattern = try? Pattern(text, options: options) else { continue }
            let interpreted = try Pattern(interpreting: text, options: options, limits: PatternLimits(depth: 100_000))
            for subject in subjects {
                guard let found = try? pattern.matches(in: subject) else { continue }
                // The interpreter may run into its depth.
                if let other = try? interpreted.matches(in: subject), other != found {
                    Issue.record("\(text) is interpreted otherwise in \(subject); round \(round), seed \(TestRun.seed)")
                }
                for match in found {
                    matches += 1
                    let bytes = Array(subject.utf8[...].dropFirst(match.range.lowerBound).prefix(match.range.count))
                    if let literals = pattern.requiredLiterals {
                        withLiterals += 1
                        if !literals.contains(where: { $0.isContained(in: bytes) }) {
                            Issue.record(
                                "\(text) matches \(bytes) without \(literals.map(\.text)); round \(round), seed \(TestRun.seed)")
                        }
                    }
                    if let maximum = pattern.maximumLength {
                        withLength += 1
                        if bytes.count > maximum {
                            Issue.record("\(text) matches \(bytes), longer than \(maximum); round \(round), seed \(TestRun.seed)")
                        }
                    }
                }
            }
        }
        // The test is worth something only if patterns match, and checks say something about them.
        #expect(matches > TestRun.count(6_000, long: 400_000))
        #expect(withLiterals > matches / 10)
        #expect(withLength > matches / 5)
    }

    @Test("writes texts that its patterns match")
    func writesMatchingTexts() throws {
        var compiled = 0
        for round in 0..<TestRun.count(2_000, long: 50_000) {
            var writer = PatternWriter(seed: TestRun.seed &+ UInt64(round), isPlain: true)
            let (text, subjects) = writer.write()
            let pattern = try Pattern(text, options: PatternOptions(allowsNestedRepeats: true))
            compiled += 1
            for subject in subjects where (try? pattern.isFound(in: subject)) == false {
                Issue.record("\(text) does not match \(subject.debugDescription); round \(round), seed \(TestRun.seed)")
            }
        }
        #expect(compiled > 0)
    }

    @Test("never traps, and never reads a pattern otherwise than the engine")
    func neverTraps() {
        let pieces = [
            "(", ")", "[", "]", "{", "}", "*", "+", "?", "|", "\\", "^", "$", ".", "-", ",", ":", "=", "!", "<", ">", "#", "P",
            "i", "x",
            "s", "1", "2", "0", "a", "b", "k", "\u{E9}", "\n", " ", "\0", "(?", "(?P<", "(?<=", "\\d", "\\x", "\\1", "{2,3}",
            "[^", "\\Q",
            "\\E", "(?i)", "(?x)", "(?#", "(?(1)", "\\g{", "\\k<n>", "(?P<n>", "(*", "\\p{L}", "\\b", "[:", "\\Z", "\\v", "&",
            "'", "\u{1F600}",
        ]
        var generator = SeededGenerator(seed: TestRun.seed)
        var accepted = 0
        for round in 0..<TestRun.count(20_000, long: 1_000_000) {
            let count = Int.random(in: 0...(round % 10 == 0 ? 60 : 8), using: &generator)
            let text = (0..<count).compactMap { _ in pieces.randomElement(using: &generator) }.joined()
            let options = PatternOptions(
                ignoresCase: round % 2 == 0, encoding: round % 3 == 0 ? .bytes : .utf8, allowsNestedRepeats: round % 5 != 0)
            let check = Result { () throws(PatternError) in try PatternCheck.check(text, options: options) }
            do throws(PatternError) {
                let pattern = try Pattern(text, options: options, limits: PatternLimits(match: 1_000))
                accepted += 1
                _ = try pattern.matches(in: "ab aab (k)\u{E9}x12\n", atMost: 20)
            } catch {
                #expect(error.code != .engineFailure && error.code != .invalidText && error.code != .invalidOffset)
                if error.message == "the pattern can be read in two ways" {
                    Issue.record("\(text.debugDescription) is read in two ways; round \(round), seed \(TestRun.seed)")
                }
                // What the checks refuse, the pattern refuses for the same reason.
                if case .failure(let refusal) = check { #expect(refusal == error && refusal.offset == error.offset) }
            }
        }
        #expect(accepted > 1_000)
    }

    @Test("never traps on random bytes to search")
    func neverTrapsOnBytes() throws {
        var generator = SeededGenerator(seed: TestRun.seed)
        let text = try Pattern(#"(?i)(\w+)\s*=\s*(["']?)([^"']{1,20})\2"#)
        let bytes = try Pattern(#"(\w+)\s*=\s*(["']?)([^"']{1,20})\2"#, options: PatternOptions(encoding: .bytes))
        for _ in 0..<TestRun.count(5_000, long: 500_000) {
            let subject = (0..<Int.random(in: 0...40, using: &generator)).map { _ in
                Bool.random(using: &generator)
                    ? UInt8.random(in: 0...255, using: &generator) : "a=\"' =b".utf8.randomElement(using: &generator) ?? 0
            }
            let start = Int.random(in: -1...41, using: &generator)
            let isText = String(validating: subject, as: UTF8.self) != nil
            do throws(PatternError) {
                _ = try bytes.firstMatch(in: subject, from: start)
            } catch {
                #expect(error.code == .invalidOffset && !(0...subject.count).contains(start))
            }
            do throws(PatternError) {
                _ = try text.firstMatch(in: subject)
                #expect(isText)
            } catch {
                #expect(error.code == .invalidText && !isText)
            }
        }
    }
}

extension RequiredLiteral {
    /// A plain search, as a reader of the literal would do it.
    fileprivate func isContained(in bytes: [UInt8]) -> Bool {
        let text = self.ignoresCase ? bytes.map { (65...90).contains($0) ? $0 + 32 : $0 } : bytes
        guard text.count >= self.bytes.count else { return false }
        return (0...(text.count - self.bytes.count)).contains { text[$0...].starts(with: self.bytes) }
    }
}
