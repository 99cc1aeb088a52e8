import DatabaseTestSupport
import Foundation
import ProgramTestSupport
import StrictJSON
import TestKit
import Testing

@Suite("Credentials at the console")
struct ConsoleCredentialTests {
    private static let path = "/api/auth/aws-credentials"

    /// Made of parts, and not of anybody.
    private static let accessKey = "AKIA" + "CANARY" + "QXZTPLMW23"
    private static let secretKey = "canary" + "Secret" + String(repeating: "q7", count: 14)

    private static func body(_ environment: String = "com") -> String {
        #"{"access_key":"\#(self.accessKey)","secret_key":"\#(self.secretKey)","environment":"\#(environment)"}"#
    }

    @Test(
        "are kept sealed for a session or a caller, over a restart, and are nowhere in the clear", arguments: TestStore.allCases)
    func kept(on store: TestStore) async throws {
        try await withTestPlace(on: store) { place in
            var cookie: [String] = []
            var key = ""
            var log: [UInt8] = []
            try await withServer(in: place, settings: ["LOG_LEVEL": "trace"]) { server in
                let answer = try await server.client.send(
                    "POST", Self.path, fields: ["Idempotency-Key: again"], body: Self.body("gov"))
                #expect(answer.status == 200, "\(answer.text)")
                #expect(try answer.string("message") == "AWS credentials stored successfully")
                let set = try #require(answer["Set-Cookie"])
                #expect(set.hasSuffix("; HttpOnly; Max-Age=604800; Path=/; SameSite=lax"))
                cookie = ["Cookie: \(set.prefix { $0 != ";" })"]
                key = try await server.makeUser().key
                #expect(try await server.client.send("POST", Self.path, key: key, body: Self.body()).status == 200)
                #expect(
                    try await server.client.send("POST", Self.path, body: #"{"access_key":"\#(Self.accessKey)"}"#).status == 422)
                log = server.child.output(of: .standardError).bytes
            }
            let rows = try await place.dump()
            try place.expectNone(of: [Self.accessKey, Self.secretKey, String(cookie[0].suffix(43))])
            TestPlace.expectNone(of: [Self.accessKey, Self.secretKey, String(cookie[0].suffix(43))], in: Data(rows.utf8), "rows")
            TestPlace.expectNone(of: [Self.accessKey, Self.secretKey, String(cookie[0].suffix(43))], in: Data(log), "the log")
            try await withServer(in: place) { server in
                func look(_ fields: [String], key: String? = nil) async throws -> JSONValue {
                    try await server.client.send("GET", Self.path, fields: fields, key: key).json()
                }
                #expect(try await look(cookie) == ["configured": true, "environment": "gov"])
                #expect(try await look([], key: key) == ["configured": true, "environment": "com"])
                #expect(try await look([]) == ["configured": false, "environment": .null])
                #expect(try await server.client.send("GET", Self.path, fields: cookie, key: "wrong").status == 401)
                let removed = try await server.client.send("DELETE", Self.path, fields: cookie)
                #expect(try removed.json() == ["message": "AWS credentials deleted successfully", "environment": "none"])
                let missing = try await server.client.send("DELETE", Self.path, fields: cookie)
                #expect(missing.status == 404)
                #expect(try missing.string("detail") == "No credentials found for this session")
            }
        }
    }

    @Test("are removed when their time is over", arguments: TestStore.allCases)
    func expired(on store: TestStore) async throws {
        try await withTestPlace(on: store) { place in
            var cookie: [String] = []
            try await withServer(in: place) { server in
                let answer = try await server.client.send("POST", Self.path, body: Self.body())
                cookie = ["Cookie: \(try #require(answer["Set-Cookie"]).prefix { $0 != ";" })"]
            }
            try await place.query("UPDATE stored_credentials SET expires_at = created_at")
            try await withServer(in: place) { server in
                let answer = try await server.client.send("GET", Self.path, fields: cookie)
                #expect(try answer.json()["configured"] == false)
            }
        }
    }
}
