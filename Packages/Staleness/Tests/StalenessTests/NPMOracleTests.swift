import Foundation
import Staleness
import TestKit
import Testing

/// Answers of npm's library `semver` 7, which `Tools/semver-vectors` writes.
@Suite("Semantic versions and ranges against npm")
struct NPMOracleTests {
    struct Case: Decodable {
        let kind: String
        let text: String?
        let normal: String?
        let left: String?
        let right: String?
        let order: Int?
        let isOne: Bool?
        let set: String?
        let answer: Bool?
    }

    @Test("agree on the frozen sample")
    func frozen() throws {
        let url = try #require(Bundle.module.url(forResource: "semver", withExtension: "jsonl", subdirectory: "Vectors"))
        let name = ProcessInfo.processInfo.environment["SEMVER_CASES"].map { URL(filePath: $0) }
        var count = 0
        for line in try Data(contentsOf: name ?? url).split(separator: UInt8(ascii: "\n")) {
            let entry = try JSONDecoder().decode(Case.self, from: Data(line))
            count += 1
            let isRight = (try? Self.isRight(entry)) ?? false
            #expect(isRight, "\(String(decoding: line, as: UTF8.self))")
        }
        #expect(count >= 2_000)
    }

    private static func isRight(_ entry: Case) throws -> Bool {
        switch entry.kind {
        case "parse":
            return (try? SemanticVersion(entry.text ?? ""))?.description == entry.normal
        case "compare":
            let left = try SemanticVersion(entry.left ?? "")
            let right = try SemanticVersion(entry.right ?? "")
            return (left < right ? -1 : left > right ? 1 : 0) == entry.order && (left == right) == (entry.order == 0)
        case "range":
            return ((try? NPMRange(entry.text ?? "")) != nil) == entry.isOne
        default:
            let range = try NPMRange(entry.set ?? "")
            return range.contains(try SemanticVersion(entry.text ?? "")) == entry.answer
        }
    }
}
