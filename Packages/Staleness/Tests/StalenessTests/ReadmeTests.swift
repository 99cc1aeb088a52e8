import Staleness
import Testing

@Suite("README of Staleness")
struct ReadmeTests {
    @Test("has an example that works")
    func example() throws {
        let pinned = try PythonVersion("v1.4.0-RC.1")
        #expect(pinned.description == "1.4.0rc1")
        #expect(try PythonSpecifierSet(">=1.2,!=1.3.*").contains(pinned))
        #expect(try PythonSpecifierSet(">=1.2").filter(["1.4", "2.0b1"]) == ["1.4"])
        #expect(try NPMRange("^0.2.3 || 1.x").contains(SemanticVersion("1.7.0")))
        #expect(try !SwiftRequirement.upToNextMajor(SemanticVersion("0.9.0")).contains(SemanticVersion("1.0.0")))
        #expect(try Freshness.grade(pinned, newest: PythonVersion("1.6.2")) == .minor)
        let pins = PinExtractor.pins(in: "pip install 'pkg<2' numpy==1.26.4; npm i react@^18.2.0")
        #expect(pins.map(\.name) == ["pkg", "numpy", "react"])
    }
}
