import DatabaseTestSupport
import ProgramTestSupport
import StrictJSON
import TestKit
import Testing

@Suite("Sessions of administrators")
struct AdminSessionTests {
    @Test("begin with a key, show whose they are, and end with the log-out", arguments: TestStore.allCases)
    func life(on store: TestStore) async throws {
        try await withServer(on: store) { server in
            let keys = try await server.place.seed()
            let answer = try await server.client.send("POST", "/v1/admin/login", body: #"{"api_key":"\#(keys.admin)"}"#)
            #expect(answer.status == 200 && answer["Cache-Control"] == "no-store")
            let session = try answer.json()
            #expect(
                Set(session.objectValue?.map(\.key) ?? [])
                    == ["session_token", "caller_id", "role", "environment", "api_key_id", "org_id", "expires_at"])
            #expect(session["api_key_id"]?.intValue == 2)
            let field = "Authorization: Bearer \(try answer.string("session_token"))"
            let me = try await server.client.send("GET", "/v1/admin/me", fields: [field])
            #expect(
                me.text
                    == #"{"caller_id":"dashboard-admin","role":"admin","trust_level":4,"environment":"dev","api_key_id":2,"org_id":"default"}"#
            )
            #expect(try await server.client.send("POST", "/v1/admin/logout", fields: [field]).text == #"{"status":"ok"}"#)
            #expect(try await server.client.send("GET", "/v1/admin/me", fields: [field]).status == 401)
        }
    }

    @Test("answer every credential that is not valid alike, and 403 for one that is no administrator's")
    func refusals() async throws {
        try await withServer { server in
            let keys = try await server.place.seed()
            let id = "X-Request-ID: same"
            let missing = try await server.client.send("GET", "/v1/admin/me", fields: [id])
            #expect(missing.status == 401)
            for fields in [
                ["Authorization: Bearer wrong"], ["Authorization: Basic eDp5"], ["X-API-Key: gth_x"], ["X-Admin-Key: x"],
            ] {
                let answer = try await server.client.send("GET", "/v1/admin/me", fields: [id] + fields)
                #expect(answer.comparable == missing.comparable, "\(fields)")
            }
            let wrong = try await server.client.send("POST", "/v1/admin/login", fields: [id], body: #"{"api_key":"wrong"}"#)
            #expect(wrong.status == 401 && wrong.text == missing.text)
            let agent = try await server.client.send("POST", "/v1/admin/login", body: #"{"api_key":"\#(keys.agent)"}"#)
            #expect(agent.status == 403)
            #expect(try agent.string("detail") == "Admin access required")
            #expect(try await server.client.send("GET", "/v1/audit/", key: keys.agent).status == 403)
            #expect(try await server.client.send("POST", "/v1/admin/login", body: "{}").status == 422)
        }
    }

    @Test("end with their key, whoever revokes it", arguments: TestStore.allCases)
    func revocation(on store: TestStore) async throws {
        try await withServer(on: store) { server in
            let keys = try await server.place.seed()
            let field = try await server.signIn(keys.admin)
            #expect(try await server.client.send("GET", "/v1/admin/me", fields: [field]).status == 200)
            let id = String(keys.admin.dropFirst(4).prefix(8))
            #expect(try await Programs.apiServer("keys", "revoke", id, in: server.folder).isSuccess)
            let revoked = ContinuousClock.now
            while try await server.client.send("GET", "/v1/admin/me", fields: [field]).status != 401 {
                try #require(ContinuousClock.now - revoked < .seconds(30), "the session goes on")
                try await Task.sleep(for: .milliseconds(10))
            }
            print("a session ended \(ContinuousClock.now - revoked) after the command on \(store)")
        }
    }

    @Test("have the operator's own key as an alternative only where one is set")
    func adminKey() async throws {
        let key = "operator-" + "0123456789abcdef"
        try await withServer(settings: ["ADMIN_API_KEY": key]) { server in
            for path in ["/v1/admin/me", "/v1/approvals/", "/v1/audit/"] {
                let right = try await server.client.send("GET", path, fields: ["X-Admin-Key: \(key)"])
                #expect(right.status == 200, "\(path)")
                let wrong = try await server.client.send("GET", path, fields: ["X-Admin-Key: \(key)x"])
                #expect(wrong.status == 401, "\(path)")
            }
            #expect(try await server.client.send("GET", "/api/v1/keys/verify", fields: ["X-Admin-Key: \(key)"]).status == 401)
        }
    }

    @Test("may be used by the older dashboard's page")
    func crossOrigin() async throws {
        try await withServer { server in
            let fields = [
                "Origin: http://localhost:3000", "Access-Control-Request-Method: POST",
                "Access-Control-Request-Headers: authorization,content-type",
            ]
            let preflight = try await server.client.send("OPTIONS", "/v1/approvals/x/approve", fields: fields)
            #expect(preflight.status == 204)
            #expect(preflight["Access-Control-Allow-Origin"] == "http://localhost:3000")
            #expect(preflight["Access-Control-Allow-Credentials"] == nil)
            let other = try await server.client.send("GET", "/v1/audit/", fields: ["Origin: http://evil.example"])
            #expect(other["Access-Control-Allow-Origin"] == nil)
        }
    }
}
