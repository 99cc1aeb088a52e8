import Staleness
import Testing

@Suite("Python versions")
struct PythonVersionTests {
    @Test("stand in the order of the paper")
    func order() throws {
        let texts = [
            "1.0.dev1", "1.0a1.dev1", "1.0a1", "1.0a1.post0", "1.0b0", "1.0rc1", "1.0", "1.0+abc", "1.0+abc.1", "1.0+5",
            "1.0.post1.dev1",
            "1.0.post1", "1.0.0.0.1", "1.1.dev1", "1.1048574", "1.1048575", "1.1048576", "1.18446744073709551615",
            "1.18446744073709551616", "1.99999999999999999999", "2", "20261127.1", "1!0", "14!0", "15!0", "16!0",
        ]
        let versions = try texts.map { try PythonVersion($0) }
        for (index, left) in versions.enumerated() {
            for (other, right) in versions.enumerated() {
                #expect((left < right) == (index < other), "\(left) \(right)")
                #expect((left == right) == (index == other), "\(left) \(right)")
            }
        }
    }

    @Test("are equal whatever zeros and spelling")
    func equal() throws {
        for group in [
            ["1.0", "1.0.0", "v1", " V1.0 ", "01.00"], ["1.0a0", "1.0-ALPHA", "1_a", "1.alpha_0"],
            ["1.0.post1", "1-1", "1.r1", "1rev_1"],
        ] {
            let versions = try group.map { try PythonVersion($0) }
            #expect(Set(versions).count == 1, "\(versions)")
        }
        #expect(try PythonVersion(" v01!02.0-Alpha_3-4.DEV+Ab_001-x").description == "1!2.0a3.post4.dev0+ab.1.x")
    }

    @Test(
        "are nothing else",
        arguments: [
            "", " ", "1.", ".1", "1..2", "1.0+", "1.0+a..b", "1.0-", "1.0_1", "a", "1.0x", "1.0 .1", "١", "1.0ſ1", "1.0rc1rc2",
            "1!", "!1",
        ])
    func invalid(_ text: String) {
        #expect(throws: VersionError.self) { try PythonVersion(text) }
    }
}
