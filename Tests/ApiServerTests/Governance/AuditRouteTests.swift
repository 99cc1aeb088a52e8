import Audit
import DatabaseTestSupport
import Foundation
import Identity
import Persistence
import ProgramTestSupport
import StrictJSON
import TestKit
import Testing

@Suite("The audit trail over HTTP and at the console")
struct AuditRouteTests {
    @Test("shows the events of the caller's own organisation, newest first, page by page", arguments: TestStore.allCases)
    func list(on store: TestStore) async throws {
        try await withServer(on: store) { server in
            let keys = try await server.place.seed()
            try await server.place.withGateway { gateway in
                for number in 0..<60 {
                    let event = Gateway.event("req-\(number)", decision: number % 10 == 0 ? "DENY" : "ALLOW")
                    let answer = await gateway.journal.record(.decision(closing: event, takesRequestID: true))
                    #expect(answer == .durable)
                }
                let foreign = Gateway.event("foreign", organisation: OrganisationID(unchecked: "acme"))
                #expect(await gateway.journal.record(.decision(closing: foreign, takesRequestID: true)) == .durable)
            }
            let first = try await server.client.send("GET", "/v1/audit/", key: keys.admin)
            let rows = try #require(try first.json().arrayValue)
            #expect(rows.compactMap { $0["request_id"]?.stringValue } == (10..<60).reversed().map { "req-\($0)" })
            #expect(rows.first?["mcp_server"]?.stringValue == "files" && rows.first?["sanitized_args"] != nil)
            let cursor = try #require(first["X-Next-Cursor"])
            #expect(first["Link"]?.contains("cursor=") == true)
            let second = try await server.client.send("GET", "/v1/audit?limit=50&cursor=\(cursor)", key: keys.admin)
            #expect(
                try second.json().arrayValue?.compactMap { $0["request_id"]?.stringValue }
                    == (0..<10).reversed().map { "req-\($0)" })
            #expect(second["X-Next-Cursor"] == nil)

            let denied = try await server.client.send("GET", "/v1/audit/?decision=DENY&limit=200", key: keys.admin)
            #expect(try denied.json().arrayValue?.count == 6)
            #expect(try await server.client.send("GET", "/v1/audit/req-7", key: keys.admin).string("request_id") == "req-7")
            for missing in ["foreign", "nosuch"] {
                #expect(try await server.client.send("GET", "/v1/audit/\(missing)", key: keys.admin).status == 404)
            }
            for query in ["limit=0", "limit=-1", "limit=201", "cursor=AAAA", "decision=MAYBE", "since=yesterday"] {
                let answer = try await server.client.send("GET", "/v1/audit/?\(query)", key: keys.admin)
                #expect(answer.status == 422, "\(query)")
                #expect(try answer.string("detail").contains(query.prefix { $0 != "=" }), "\(query)")
            }
        }
    }

    @Test("holds one record of each call that was turned away, without anything that it carried", arguments: TestStore.allCases)
    func refusals(on store: TestStore) async throws {
        let settings = ["RATE_LIMIT_ADMIN": "1/hour"]
        try await withServer(on: store, settings: settings) { server in
            let keys = try await server.place.seed()
            let canary = "canary-" + "51f09"
            var expected: [Int: Int] = [:]
            func expect(_ status: Int, _ method: String, _ path: String, key: String?, body: String? = nil) async throws {
                let answer = try await server.client.send(method, path, key: key, body: body)
                #expect(answer.status == status, "\(method) \(path): \(answer.text)")
                if [401, 403, 422, 429].contains(status) { expected[status, default: 0] += 1 }
            }
            try await expect(401, "GET", "/v1/audit/\(canary)", key: nil)
            try await expect(401, "POST", "/v1/admin/login", key: nil, body: #"{"api_key":"\#(canary)"}"#)
            try await expect(401, "GET", "/v1/approvals/?status=\(canary)", key: canary)
            try await expect(403, "GET", "/v1/admin/webhooks", key: keys.agent)
            try await expect(403, "GET", "/v1/audit/", key: keys.agent)
            try await expect(422, "GET", "/v1/audit/?decision=\(canary)", key: keys.admin)
            try await expect(422, "POST", "/v1/admin/webhooks", key: keys.admin, body: #"{"url":"gopher://\#(canary)"}"#)
            try await expect(429, "GET", "/v1/audit/?tool=\(canary)", key: keys.admin)
            let records = try await server.refusals()
            var found: [Int: Int] = [:]
            for record in records { found[try #require(record["status"]?.intValue), default: 0] += 1 }
            #expect(found == expected)
            #expect(records.allSatisfy { $0["path"]?.stringValue?.hasPrefix("/v1/") == true })
            #expect(try await !server.place.dump().contains(canary))
            #expect(try await server.place.query("SELECT COUNT(*) FROM audit_events") == ["0"])
        }
    }

    @Test("tells who opened and ended sessions, and changed receivers, without secrets", arguments: TestStore.allCases)
    func administration(on store: TestStore) async throws {
        try await withServer(on: store, settings: ["WEBHOOK_ALLOWED_DESTINATIONS": "127.0.0.1:9"]) { server in
            let keys = try await server.place.seed()
            let canary = "canary-" + "7c1e0"
            let field = try await server.signIn(keys.admin)
            let hooks = "/v1/admin/webhooks"
            let made = try await server.client.send(
                "POST", hooks, fields: [field], body: #"{"url":"https://127.0.0.1:9/x?token=\#(canary)"}"#)
            #expect(made.status == 201, "\(made.text)")
            let id = try made.string("id")
            for (method, path, status) in [
                ("POST", "/\(id)/rotate", 200), ("POST", "/\(id)/enable", 200), ("DELETE", "/\(id)", 204),
                ("DELETE", "/\(id)", 404),
            ] {
                let answer = try await server.client.send(method, hooks + path, fields: [field])
                #expect(answer.status == status, "\(method) \(path): \(answer.text)")
                #expect(!answer.text.contains(canary))
            }
            #expect(try await server.client.send("POST", "/v1/admin/logout", fields: [field]).status == 200)
            let records = try await server.administration()
            let actions = [
                "admin_login", "webhook_register", "webhook_rotate", "webhook_enable", "webhook_delete", "webhook_delete",
                "admin_logout",
            ]
            #expect(records.map { $0["action"]?.stringValue } == actions.flatMap { [$0, $0] })
            var phases = actions.flatMap { _ in ["intent", "done"] }
            phases[11] = "refused"
            #expect(records.map { $0["phase"]?.stringValue } == phases)
            #expect(records.allSatisfy { $0["actor"] == "dashboard-admin" && $0["org_id"] == "default" })
            #expect(records.allSatisfy { $0["key_id"]?.stringValue == String(keys.admin.dropFirst(4).prefix(8)) })
            #expect(records[2...11].allSatisfy { $0["webhook"]?.stringValue == id })
            #expect(records[2]["origin"] == "https://127.0.0.1:9")
            #expect(records[1]["session"] != nil && records[1]["session"] == records[13]["session"])
            let dump = try await server.place.dump()
            let secrets = [canary, String(field.dropFirst(22)), try made.string("secret")]
            for secret in secrets { #expect(!dump.contains(secret)) }
        }
    }

    @Test("names the caller of a log-in that is refused by role, and bounds guessing", arguments: TestStore.allCases)
    func logIns(on store: TestStore) async throws {
        try await withServer(on: store, settings: ["RATE_LIMIT_FAILED_AUTH": "3/hour"]) { server in
            let keys = try await server.place.seed()
            func logIn(_ key: String) async throws -> Int {
                try await server.client.send("POST", "/v1/admin/login", body: #"{"api_key":"\#(key)"}"#).status
            }
            #expect(try await logIn(keys.agent) == 403)
            #expect(try await logIn("wrong") == 401)
            #expect(try await logIn(keys.admin) == 200)
            // The right key is not told from a wrong one any more.
            #expect(try await logIn(keys.admin) == 429)
            #expect(try await logIn("wrong") == 429)
            // The key itself is as good as ever.
            #expect(try await server.client.send("GET", "/v1/admin/me", key: keys.admin).status == 200)
            let records = try await server.refusals()
            #expect(records.map { $0["status"]?.intValue } == [403, 401, 429, 429])
            #expect(records.map { $0["caller_id"]?.stringValue } == ["dev-agent", nil, nil, nil])
        }
    }

    @Test("is verified at the console, which names what was tampered with", arguments: TestStore.allCases)
    func verification(on store: TestStore) async throws {
        try await withTestPlace(on: store) { place in
            try await withServer(in: place) { _ in
                try await place.withGateway { gateway in
                    for number in 0..<20 {
                        let event = Gateway.event("req-\(number)")
                        #expect(await gateway.journal.record(.decision(closing: event, takesRequestID: true)).isKept)
                    }
                }
            }
            let folder = place.folder
            let clean = try await Programs.apiServer("audit", "verify", in: folder)
            #expect(clean.isSuccess && clean.standardOutput.text.contains("no fault"), "\(clean.standardError.text)")
            for format in ["jsonl", "ocsf"] {
                let exported = try await Programs.apiServer(
                    "audit", "export", "--format", format, "--output", "\(folder)/export.\(format)", in: folder)
                #expect(exported.isSuccess, "\(exported.standardError.text)")
                let checked = try await Programs.apiServer("audit", "verify", "export.\(format)", in: folder)
                #expect(checked.isSuccess, "\(checked.standardOutput.text)")
            }
            let lines = try await Programs.apiServer("audit", "export", in: folder)
            #expect(lines.standardOutput.lines.allSatisfy { $0.hasPrefix("{") } && lines.standardOutput.lines.count >= 23)

            // The triggers refuse it to everybody who does not drop them.
            try await place.withGateway { gateway in
                for change: SQL in [
                    "UPDATE audit_journal SET kind = 'intent'", "DELETE FROM audit_journal", "DELETE FROM audit_events",
                ] {
                    await #expect(throws: PersistenceError.self) {
                        _ = try await gateway.database.write { try $0.execute(change) }
                    }
                }
            }
            try await place.dropAuditTriggers()
            try await place.query("UPDATE audit_journal SET body = replace(body, 'req-7', 'req-x') WHERE request_id = 'req-7'")
            let changed = try await Programs.apiServer("audit", "verify", in: folder)
            #expect(changed.termination == .exited(1))
            #expect(changed.standardOutput.text.contains("changed: "), "\(changed.standardOutput.text)")
            #expect(try await Programs.apiServer("audit", "verify", "nosuch.jsonl", in: folder).termination == .exited(1))
        }
    }

    @Test("is archived and made anew at the console, and stays whole", arguments: TestStore.allCases)
    func archive(on store: TestStore) async throws {
        try await withTestPlace(on: store) { place in
            try await withServer(in: place) { _ in
                try await place.withGateway { gateway in
                    for number in 0..<20 {
                        let event = Gateway.event("req-\(number)")
                        #expect(await gateway.journal.record(.decision(closing: event, takesRequestID: true)).isKept)
                    }
                }
            }
            let folder = place.folder
            let archived = try await Programs.apiServer(
                "audit", "archive", "--before", Timestamp.now().rfc3339, "--folder", "\(folder)/archive", in: folder)
            #expect(archived.isSuccess, "\(archived.standardError.text)")
            #expect(try await place.query("SELECT COUNT(*) FROM audit_journal") == ["0"])
            #expect(try await place.query("SELECT COUNT(*) FROM audit_events") == ["20"])
            let files = try FileManager.default.contentsOfDirectory(atPath: "\(folder)/archive").filter { $0.hasSuffix(".jsonl") }
            #expect(!files.isEmpty)
            for file in files {
                #expect(try await Programs.apiServer("audit", "verify", "archive/\(file)", in: folder).isSuccess)
            }
            #expect(try await Programs.apiServer("audit", "rebuild", in: folder).isSuccess)
            #expect(try await place.query("SELECT COUNT(*) FROM audit_events") == ["20"])
            #expect(try await Programs.apiServer("audit", "verify", in: folder).isSuccess)
            for command in [["verify"], ["export"], ["rebuild"], ["archive", "--before", "2026-01-01T00:00:00Z"]] {
                let missing = try await runProcess(
                    Programs.apiServer, arguments: ["audit"] + command + ["--database-url", "sqlite:\(folder)/none.sqlite"],
                    environment: Programs.environment([:]), workingDirectory: folder)
                #expect(missing.termination == .exited(1), "\(command)")
                #expect(missing.standardError.text.contains("there is no database at sqlite:"), "\(missing.standardError.text)")
                #expect(!FileManager.default.fileExists(atPath: "\(folder)/none.sqlite"))
            }
            for before in ["soon", "2999-01-01T00:00:00Z"] {
                let refused = try await Programs.apiServer("audit", "archive", "--before", before, in: folder)
                #expect(refused.termination == .exited(64))
                #expect(refused.standardError.text.contains("--before"))
            }
        }
    }

    @Test("goes on in files while PostgreSQL is away, says so, and comes after")
    func outage() async throws {
        try await withPostgresServer { postgres in
            let name = try await postgres.createDatabase()
            try await withTemporaryDirectory { folder in
                let place = try TestPlace(name, on: postgres, in: folder)
                try await withServer(in: place, arguments: ["--migrate"]) { server in
                    #expect(try await server.client.send("GET", "/v1/audit/").status == 401)
                    try await postgres.stop()
                    // Nobody can prove who they are now; what is turned away is recorded all the same.
                    for _ in 0..<2 {
                        #expect(try await server.client.send("POST", "/v1/admin/login", body: "[]").status == 422)
                    }
                    let health = try await server.client.send("GET", "/health")
                    #expect(health.status == 503 && health.text.contains(#""audit":"degraded""#), "\(health.text)")
                    #expect(try health.json()["details"]?["audit"]?["spool_depth"]?.intValue == 2)
                    try await postgres.start()
                    let began = ContinuousClock.now
                    while try await !server.client.send("GET", "/health").text.contains(#""audit":"healthy""#) {
                        try #require(ContinuousClock.now - began < .seconds(60), "the spool is not emptied")
                        try await Task.sleep(for: .milliseconds(50))
                    }
                    #expect(try await server.refusals().count == 3)
                    #expect(try await Programs.apiServer("audit", "verify", in: folder).isSuccess)
                }
            }
        }
    }
}

extension TestPlace {
    /// Takes away what keeps the tables of the journal as they are, as an attacker with all rights would.
    fileprivate func dropAuditTriggers() async throws {
        let drops =
            switch self.store {
            case .sqlite:
                try await self.query(
                    "SELECT 'DROP TRIGGER ' || name || ';' FROM sqlite_master WHERE type = 'trigger' AND tbl_name LIKE 'audit_%'")
            case .postgres:
                try await self.query(
                    """
                    SELECT 'DROP TRIGGER ' || tgname || ' ON ' || tgrelid::regclass || ';' FROM pg_trigger
                    WHERE NOT tgisinternal AND tgrelid::regclass::text LIKE 'audit_%'
                    """)
            }
        try await self.query(drops.joined(separator: "\n"))
    }
}
