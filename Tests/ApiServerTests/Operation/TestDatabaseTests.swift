import DatabaseTestSupport
import Foundation
import ProgramTestSupport
import Testing

@Suite("Databases of tests")
struct TestDatabaseTests {
    @Test("S3-20: are other ones than those that people develop on, by name, port and place")
    func compose() throws {
        let (development, test) = (try Self.lines(of: "compose.yaml"), try Self.lines(of: "compose.test.yaml"))
        #expect(test.contains("POSTGRES_DB: gateway_test"))
        #expect(!development.contains { $0.contains("gateway_test") })
        #expect(development.contains { $0.hasPrefix("DATABASE_URL:") && $0.hasSuffix(":5432/gatehouse") })
        // Ports that no server has by itself, and nothing that outlives the test.
        for port in ["5433:5432", "6380:6379"] {
            #expect(test.contains("- 127.0.0.1:\(port)"))
            #expect(!development.contains { $0.contains(port) })
        }
        #expect(test.filter { $0.hasPrefix("tmpfs:") }.count == 2)
        #expect(!test.contains { $0.hasPrefix("volumes:") })
        let names = [development, test].map { lines in lines.first { $0.hasPrefix("name:") } }
        #expect(names[0] != names[1])
    }

    @Test("S3-20: are made for one test and gone with it", arguments: TestStore.allCases)
    func own(_ store: TestStore) async throws {
        let first = try await withTestPlace(on: store) { place in
            let second = try await withTestPlace(on: store) { $0.url }
            #expect(place.url != second)
            return place.url
        }
        #expect(try await withTestPlace(on: store) { $0.url } != first)
        #expect(ProcessInfo.processInfo.environment["DATABASE_URL"].map { !first.contains($0) } ?? true)
    }

    private static func lines(of file: String) throws -> [String] {
        try String(contentsOf: Programs.repository.appending(path: file), encoding: .utf8)
            .split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
    }
}
