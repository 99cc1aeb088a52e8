import Cryptography
import DatabaseTestSupport
import Foundation
import HTTPCore
import HTTPTypes
import Idempotency
import Persistence
import PrometheusMetrics
import StrictJSON
import Testing

@Suite("What is kept")
struct CanaryTests {
    typealias Fixture = IdempotencyFixture

    private func files(of fixture: Fixture) async throws -> [String] {
        switch fixture.url.location {
        case .sqliteFile(let path):
            return [path, "\(path)-wal", "\(path)-shm"]
        case .sqliteMemory:
            return []
        case .postgres:
            try await fixture.database.write { _ = try $0.execute("CHECKPOINT") }
            let row = try await fixture.database.queryOne(
                """
                SELECT current_setting('data_directory') AS folder,
                    (SELECT oid::text FROM pg_database WHERE datname = current_database()) AS number
                """)
            let folder = try #require(try row?.decode("folder", as: String.self))
            let number = try #require(try row?.decode("number", as: String.self))
            return try ["\(folder)/base/\(number)", "\(folder)/pg_wal"].flatMap { folder in
                try FileManager.default.contentsOfDirectory(atPath: folder).map { "\(folder)/\($0)" }
            }
        }
    }

    @Test("holds key, caller, request and answer nowhere in the clear", arguments: TestStore.allCases)
    func canaries(_ kind: TestStore) async throws {
        try await Fixture.with(kind) { fixture in
            let canaries = ["key", "body", "answer", "field"].map { "canary-\($0)-\(UInt32.random(in: .min ... .max))-end" }
            let service = try fixture.service { _ in
                var answer = OperationResponse.json(.created, ["secret": .string(canaries[2])])
                answer.headers[.location] = "/\(canaries[3])"
                return answer
            }
            for _ in 0..<2 { _ = try await service.write(canaries[0], json: ["x": .string(canaries[1])]) }
            // What cannot be missed where it is in the clear shows that the look finds anything at all.
            let marker = "marker-\(UInt32.random(in: .min ... .max))"
            try await fixture.database.write { connection in
                try connection.execute("CREATE TABLE markers (name VARCHAR(40))")
                try connection.execute("INSERT INTO markers (name) VALUES (\(marker))")
            }
            var places: [(String, Data)] = [("metrics", Data(fixture.registry.render()))]
            for file in try await self.files(of: fixture) {
                // A file may go while it is being read.
                if let bytes = try? Data(contentsOf: URL(filePath: file)) { places.append((file, bytes)) }
            }
            #expect(places.contains { $0.1.range(of: Data(marker.utf8)) != nil })
            for canary in canaries {
                let bytes = Array(canary.utf8)
                let forms = [
                    Data(bytes), Data(Hex.encode(bytes).utf8), Data(Data(bytes).base64EncodedData().prefix(16)),
                    Data(SHA256.hash(bytes).bytes),
                ]
                for (place, bytes) in places {
                    for form in forms { #expect(bytes.range(of: form) == nil, "\(canary) in \(place)") }
                }
            }
        }
    }
}
