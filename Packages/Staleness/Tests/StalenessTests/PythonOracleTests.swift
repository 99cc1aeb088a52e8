import Foundation
import Staleness
import TestKit
import Testing

/// Answers of the library `packaging` 26.3, which `Tools/pep440-vectors` writes.
@Suite("Python versions against packaging 26.3")
struct PythonOracleTests {
    struct Case: Decodable {
        let kind: String
        let text: String?
        let normal: String?
        let canonical: String?
        let left: String?
        let right: String?
        let order: Int?
        let set: String?
        let texts: [String]?
        let prereleases: Bool?
        let answer: Answer?
    }

    enum Answer: Decodable, Equatable {
        case one(Bool)
        case many([String])

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let one = try? container.decode(Bool.self) {
                self = .one(one)
            } else {
                self = .many(try container.decode([String].self))
            }
        }
    }

    @Test("agree on the frozen sample")
    func frozen() throws {
        let url = try #require(Bundle.module.url(forResource: "pep440", withExtension: "jsonl", subdirectory: "Vectors"))
        let tally = try Self.check(try Data(contentsOf: url))
        #expect(tally == ["parse": 423, "compare": 431, "specifier": 242, "contains": 688, "filter": 216])
    }

    @Test("agree on cases that are made now", .enabled(if: TestRun.isLong), arguments: [1, 2, 3])
    func made(_ part: Int) async throws {
        let seed = Int(Date().timeIntervalSince1970) * 10 + part
        print("seed \(seed)")
        let tool = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../../Tools/pep440-vectors")
            .standardizedFileURL
        try await withTemporaryDirectory { folder in
            let file = "\(folder)/cases.jsonl"
            let result = try await runProcess(
                tool.path, arguments: ["--count", "100000", "--seed", "\(seed)", "--output", file])
            try #require(result.termination == .exited(0), "\(result.standardError.text)")
            let tally = try Self.check(try Data(contentsOf: URL(filePath: file)))
            #expect(tally.values.reduce(0, +) == 100_000)
        }
    }

    /// How many cases of each kind there were.
    static func check(_ data: Data) throws -> [String: Int] {
        var tally: [String: Int] = [:]
        for line in data.split(separator: UInt8(ascii: "\n")) {
            let entry = try JSONDecoder().decode(Case.self, from: Data(line))
            tally[entry.kind, default: 0] += 1
            let isRight = try Self.isRight(entry)
            #expect(isRight, "\(String(decoding: line, as: UTF8.self))")
        }
        return tally
    }

    private static func isRight(_ entry: Case) throws -> Bool {
        switch entry.kind {
        case "parse":
            let version = try? PythonVersion(entry.text ?? "")
            return version?.description == entry.normal && version?.canonicalDescription == entry.canonical
        case "compare":
            let left = try PythonVersion(entry.left ?? "")
            let right = try PythonVersion(entry.right ?? "")
            let order = left < right ? -1 : left > right ? 1 : 0
            return order == entry.order && (left == right) == (order == 0)
                && (order != 0 || left.hashValue == right.hashValue && left.canonicalDescription == right.canonicalDescription)
        case "specifier":
            return (try? PythonSpecifier(entry.text ?? ""))?.description == entry.normal
        case "contains":
            let set = try PythonSpecifierSet(entry.set ?? "")
            return .one(set.contains(entry.text ?? "", prereleases: entry.prereleases)) == entry.answer
        case "filter":
            let set = try PythonSpecifierSet(entry.set ?? "")
            return .many(set.filter(entry.texts ?? [], prereleases: entry.prereleases)) == entry.answer
        default:
            return false
        }
    }
}
