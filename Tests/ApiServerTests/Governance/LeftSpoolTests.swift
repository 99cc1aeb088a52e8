import ProgramTestSupport
import TestKit
import Testing

@Suite("Audit records that an ended server left")
struct LeftSpoolTests {
    @Test("come to the database through another server of the place")
    func takeOver() async throws {
        try await withPostgresServer { postgres in
            let name = try await postgres.createDatabase()
            try await withTemporaryDirectory { folder in
                let place = try TestPlace(name, on: postgres, in: folder)
                try await withServer(in: place, arguments: ["--migrate"]) { first in
                    try await withServer(in: place) { second in
                        try await postgres.stop()
                        for _ in 0..<3 {
                            #expect(try await second.client.send("POST", "/v1/admin/login", body: "[]").status == 422)
                        }
                        second.child.send(signal: 9)
                        _ = try await second.child.waitForExit()
                    }
                    try await postgres.start()
                    _ = try await first.child.waitForLine(on: .standardError) {
                        $0.contains("audit records that a server left are in the database")
                    }
                    #expect(try await first.refusals().count == 3)
                    #expect(try await Programs.apiServer("audit", "verify", in: folder).isSuccess)
                }
            }
        }
    }
}
