#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import Settings
import TestKit
import Testing

@Suite("Environment file")
struct EnvironmentFileTests {
    static let name = Setting.string("NAME", default: "default", summary: "Name")
    static let catalogue = SettingsCatalogue([.init("Test", [Self.name])])

    @Test(
        "reads what shells, Docker and python-dotenv agree on",
        arguments: [
            ("NAME=a", "a"), ("NAME = a b \n", "a b"), ("  export NAME=a", "a"), ("export\tNAME=a", "a"), ("\u{FEFF}NAME=a", "a"),
            ("# NAME=a", "default"), ("", "default"), ("NAME=", "default"), ("NAME=a # note", "a"), ("NAME=a#b", "a#b"),
            ("NAME=#b", "default"), ("NAME=a=b", "a=b"), ("NAME=a\r\nOTHER=b\r\n", "a"), ("OTHER=b\r\nNAME=a\r\n", "a"),
            ("NAME='a b'", "a b"), ("NAME='a\\n#$' # note", "a\\n#$"), ("NAME=\"a\\n\\t\\\"\\\\\\$\"", "a\n\t\"\\$"),
            ("NAME=\"\"", "default"),
            ("NAME=a\nNAME=b", "b"), ("name=a", "a"), ("NAME=$HOME", "$HOME"), ("NAME=it's", "it's"), ("export=1\nNAME=a", "a"),
        ])
    func reads(_ text: String, _ value: String) throws {
        let read = try withFile(Array(text.utf8)) { try makeReader(file: $0, catalogue: Self.catalogue).value(of: Self.name) }
        #expect(read == value)
    }

    @Test(
        "names the line that it cannot understand, without its text",
        arguments: [
            ("NAME", "has no = after the name"), ("MY NAME=hidden", "has no = after the name"),
            ("=hidden", "does not begin with a name"),
            ("1NAME=hidden", "does not begin with a name"), ("NÄME=hidden", "has no = after the name"),
            ("NAME=\"hidden", "has no closing quote"), ("NAME='hidden", "has no closing quote"),
            ("NAME='hidden'x", "has something after the closing quote"),
            ("NAME=\"\\q\"", "has an unknown escape in double quotes"),
            ("NAME=\"hidden\\", "has an unknown escape in double quotes"), ("NAME=a\0b", "holds a control character"),
            ("NAME=a\rOTHER=b", "holds a control character"),
        ])
    func refuses(_ line: String, _ reason: String) throws {
        try withFile(Array("# first\n\(line)\nNAME=fine\n".utf8)) { path in
            let error = #expect(throws: SettingsError.self) { try makeReader(file: path, catalogue: Self.catalogue) }
            #expect(error?.code == .environmentFile)
            #expect(error?.description == "\(path) line 2: \(reason); allowed: NAME=value")
        }
    }

    @Test("reports all lines at once")
    func reportsAllLines() throws {
        try withFile(Array("a\nB=1\nc".utf8)) { path in
            let error = #expect(throws: SettingsError.self) { try makeReader(file: path, catalogue: Self.catalogue) }
            #expect(error?.problems.map(\.subject) == ["\(path) line 1", "\(path) line 3"])
        }
    }

    @Test("refuses bytes that are no UTF-8, and a file that is too large")
    func refusesForeignBytes() throws {
        for bytes in [[0x41, 0x3D, 0xFF], [UInt8](repeating: 0x23, count: 1 << 20 + 1)] {
            try withFile(bytes) { path in
                let error = #expect(throws: SettingsError.self) { try makeReader(file: path, catalogue: Self.catalogue) }
                #expect(error?.description == "\(path): is not a settings file; allowed: up to 1 MiB of UTF-8 text")
            }
        }
    }

    @Test("does without a file unless it is required")
    func missingFile() throws {
        let path = "no-such-folder/\(UUID().uuidString).env"
        #expect(try makeReader(file: path, catalogue: Self.catalogue).value(of: Self.name) == "default")
        let error = #expect(throws: SettingsError.self) {
            try makeReader(file: path, isRequired: true, catalogue: Self.catalogue)
        }
        #expect(error?.description == "\(path): does not exist; allowed: a readable text file")
    }

    @Test("a folder in place of the file is an error")
    func unreadableFile() {
        let path = FileManager.default.temporaryDirectory.path()
        let error = #expect(throws: SettingsError.self) { try makeReader(file: path, catalogue: Self.catalogue) }
        #expect(error?.description == "\(path): cannot be read; allowed: a readable text file")
    }

    @Test("any text is read or refused, never a trap")
    func anyText() throws {
        var generator = SeededGenerator(seed: TestRun.seed)
        let pieces = [
            "NAME", "=", "\"", "'", "\\", "#", " ", "\t", "\r", "\n", "é", "\0", "export ", "a", "\u{FEFF}", "\\n", "1",
        ]
        var outcomes: Set<Bool> = []
        for _ in 0..<TestRun.count(300, long: 5_000) {
            let text = (0..<Int.random(in: 0...12, using: &generator)).compactMap { _ in pieces.randomElement(using: &generator) }
            try withFile(Array(text.joined().utf8)) { path in
                do {
                    _ = try makeReader(file: path, catalogue: Self.catalogue).value(of: Self.name)
                    outcomes.insert(true)
                } catch let error as SettingsError {
                    outcomes.insert(error.description.isEmpty)
                }
            }
        }
        #expect(outcomes == [true, false], "seed \(generator.seed)")
    }
}
