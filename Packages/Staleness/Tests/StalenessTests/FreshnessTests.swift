import Staleness
import Testing

@Suite("Freshness")
struct FreshnessTests {
    @Test(
        "is graded by the first number that differs",
        arguments: [
            ("1.2.3", "1.2.3", Freshness.current), ("1.2", "1.2.0", .current), ("1.3", "1.2", .current),
            ("1.2.3", "1.2.4", .patch),
            ("1.2.3", "1.2.3.1", .patch), ("1.2rc1", "1.2", .patch), ("1.2", "1.3", .minor), ("1", "1.1", .minor),
            ("1.9", "2", .major),
            ("9.0", "1!1.0", .major), ("0.4", "0.5", .minor),
        ])
    func python(_ pinned: String, _ newest: String, _ grade: Freshness) throws {
        #expect(try Freshness.grade(PythonVersion(pinned), newest: PythonVersion(newest)) == grade)
    }

    @Test("is graded alike for semantic versions, and stale from the second number on")
    func semantic() throws {
        let newest = try SemanticVersion("2.3.4")
        for (text, grade) in [
            ("2.3.4", Freshness.current), ("2.3.3", .patch), ("2.2.9", .minor), ("1.9.9", .major), ("2.3.4-rc.1", .patch),
        ] {
            #expect(try Freshness.grade(SemanticVersion(text), newest: newest) == grade)
        }
        #expect(Freshness.allCases.filter(\.isStale) == [.minor, .major, .yanked, .deprecated])
    }

    @Test("of Swift packages goes by their requirements")
    func swift() throws {
        func version(_ text: String) throws -> SemanticVersion { try SemanticVersion(text) }
        let major = SwiftRequirement.upToNextMajor(try version("0.9.0"))
        #expect(
            try major.contains(version("0.99.0")) && !major.contains(version("1.0.0")) && !major.contains(version("1.0.0-beta")))
        #expect(try !major.contains(version("0.9.0-rc.1")) && !major.contains(version("0.9.5-rc.1")))
        let early = SwiftRequirement.upToNextMinor(try version("1.2.0-rc.1"))
        #expect(
            try early.contains(version("1.2.0-rc.2")) && early.contains(version("1.2.9")) && !early.contains(version("1.3.0")))
        #expect(try SwiftRequirement.exact(version("1.2.3")).contains(version("1.2.3+build")))
        #expect(try SwiftRequirement.range(version("2.0.0"), below: version("1.0.0")) == nil)
        let closed = try #require(try SwiftRequirement.range(version("1.0.0"), through: version("1.5.0")))
        #expect(try closed.contains(version("1.5.0")) && !closed.contains(version("1.5.1")))
    }
}
