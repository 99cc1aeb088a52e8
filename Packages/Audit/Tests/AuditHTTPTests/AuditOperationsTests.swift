import AuditHTTP
import DatabaseTestSupport
import HTTPCore
import HTTPCoreTestSupport
import HTTPTypes
import Identity
import Persistence
import StrictJSON
import Testing

@Suite("Operations on the audit trail")
struct AuditOperationsTests {
    private func ids(_ answer: ServiceAnswer) throws -> [String] {
        try #require(try answer.json.arrayValue).compactMap { $0["request_id"]?.stringValue }
    }

    @Test("list events of the caller's organisation, newest first, with all columns", arguments: TestStore.allCases)
    func list(_ store: TestStore) async throws {
        try await AuditService.with(store) { service in
            try await service.fill(3)
            try await service.fill(1, organisation: OrganisationID(unchecked: "other"))
            for path in ["/v1/audit/", "/v1/audit", "/v1/audit/?limit=50"] {
                let answer = try await service.get(path)
                #expect(answer.status == .ok)
                #expect(try self.ids(answer) == ["default/req-2", "default/req-1", "default/req-0"])
                #expect(answer.headers[.nextCursor] == nil)
            }
            let event = try #require(try await service.get("/v1/audit/").json.arrayValue?.first)
            let columns = [
                "id", "request_id", "trace_id", "timestamp", "caller_id", "caller_role", "environment", "mcp_server", "tool_name",
                "raw_args_hash", "sanitized_args", "risk_labels", "risk_score", "matched_policy_rule", "decision", "approver_id",
                "execution_status", "latency_ms", "output_hash", "redaction_flags", "llm_explanation",
                "deterministic_rationale", "org_id", "output_decision", "output_policy_rationale",
            ]
            #expect(Set(try #require(event.objectValue).map(\.key)) == Set(columns))
            #expect(event["timestamp"] == "2026-11-20T21:52:38.972357Z")
            #expect(event["sanitized_args"] == ["path": "/data"])
            #expect(try self.ids(await service.get("/v1/audit/", key: AuditService.otherAdminKey)) == ["other/req-0"])
            #expect(service.limits.charged.allSatisfy { $0 == "audit" })
        }
    }

    @Test("page with a cursor, and filter", arguments: TestStore.allCases)
    func pages(_ store: TestStore) async throws {
        try await AuditService.with(store) { service in
            try await service.fill(10)
            var path: String? = "/v1/audit/?limit=4&caller_id=agent-1"
            var seen: [String] = []
            while let next = path {
                let answer = try await service.get(next)
                seen += try self.ids(answer)
                path = answer.headers[.nextCursor].map { "/v1/audit/?limit=4&caller_id=agent-1&cursor=\($0)" }
                if path != nil { #expect(answer.headers[.link]?.contains("caller_id=agent-1") == true) }
            }
            #expect(seen == [9, 7, 5, 3, 1].map { "default/req-\($0)" })
            func found(_ query: String) async throws -> [String] { try self.ids(await service.get("/v1/audit/?\(query)")) }
            #expect(try await found("request_id=default%2Freq-4") == ["default/req-4"])
            #expect(try await found("decision=DENY") == ["default/req-5", "default/req-0"])
            #expect(try await found("tool=fs.read&decision=ALLOW") == [9, 6, 3].map { "default/req-\($0)" })
            #expect(
                try await found("since=2026-11-20T21:52:38.972357Z&until=2026-11-20T22:52:40.972357%2B01:00")
                    == ["default/req-3", "default/req-2"])
        }
    }

    @Test(
        "refuse what they cannot answer, naming the parameter",
        arguments: [
            ("limit=0", "limit"), ("limit=201", "limit"), ("limit=-1", "limit"), ("limit=x", "limit"),
            ("limit=99999999999999999999", "limit"), ("cursor=abc", "cursor"), ("decision=MAYBE", "decision"),
            ("since=yesterday", "since"), ("until=2026-11-20T21:52:36", "until"), ("caller_id=", "caller_id"),
            ("tool=%00", "tool"), ("request_id=" + String(repeating: "%C3%A9", count: 200), "request_id"),
        ])
    func refused(_ query: String, _ name: String) async throws {
        try await AuditService.with(.sqlite) { service in
            let answer = try await service.get("/v1/audit/?\(query)")
            #expect(answer.status == .unprocessableContent)
            #expect(try answer.json["errors"]?.arrayValue?.first?["loc"] == ["query", .string(name)])
        }
    }

    @Test("refuse a cursor of another query or organisation")
    func foreignCursor() async throws {
        try await AuditService.with(.sqlite) { service in
            try await service.fill(3)
            let cursor = try #require(try await service.get("/v1/audit/?limit=1").headers[.nextCursor])
            #expect(try await service.get("/v1/audit/?limit=2&cursor=\(cursor)").status == .ok)
            #expect(try await service.get("/v1/audit/?limit=1&tool=fs.read&cursor=\(cursor)").status == .unprocessableContent)
            let other = try await service.get("/v1/audit/?cursor=\(cursor)", key: AuditService.otherAdminKey)
            #expect(other.status == .unprocessableContent)
        }
    }

    @Test("show one event, and not those of others", arguments: TestStore.allCases)
    func read(_ store: TestStore) async throws {
        try await AuditService.with(store) { service in
            try await service.fill(1)
            let answer = try await service.get("/v1/audit/default%2Freq-0")
            #expect(answer.status == .ok)
            #expect(try answer.json["request_id"] == "default/req-0")
            #expect(try await service.get("/v1/audit/none").status == .notFound)
            #expect(try await service.get("/v1/audit/default%2Freq-0", key: AuditService.otherAdminKey).status == .notFound)
            #expect(try await service.get("/v1/audit/default%2Freq-0", key: AuditService.agentKey).status == .forbidden)
            #expect(try await service.get("/v1/audit/default%2Freq-0", key: nil).status == .unauthorized)
        }
    }
}
