import Approval
import DatabaseTestSupport
import Foundation
import Identity
import ProgramTestSupport
import StrictJSON
import TestKit
import Testing

@Suite("Approvals over HTTP")
struct ApprovalRouteTests {
    @Test(
        "are listed without anything that can be spent, shown whole, decided once, and spent once by the token alone",
        arguments: TestStore.allCases, [false, true])
    func life(on store: TestStore, withRedis: Bool) async throws {
        try await withRedisIfWanted(withRedis) { settings in
            try await withServer(on: store, settings: settings) { server in
                let keys = try await server.place.seed()
                let field = try await server.signIn(keys.admin)
                try await server.place.withGateway { gateway in
                    let issued = try await gateway.issue("req-1")
                    let list = try await server.client.send("GET", "/v1/approvals/?status=PENDING&limit=50", fields: [field])
                    let row = try #require(try list.json().arrayValue?.first)
                    #expect(row["token"]?.stringValue == issued.handle.text && row["status"]?.stringValue == "PENDING")
                    #expect(!list.text.contains(issued.token.text) && !list.text.contains("report.csv"))

                    let path = "/v1/approvals/\(issued.handle.text)"
                    let detail = try await server.client.send("GET", path, fields: [field])
                    #expect(detail.text.contains("/data/output/report.csv"), "the approver sees the arguments")
                    #expect(detail.text.contains(#"\\u{202E}"#), "and what hides in them")

                    // The owner sees how far it is, and another caller that there is nothing.
                    let owned = try await server.client.send("GET", path, key: keys.agent)
                    #expect(owned.status == 200)
                    #expect(try owned.string("status") == "PENDING")
                    let other = try await server.makeUser()
                    #expect(try await server.client.send("GET", path, key: other.key).status == 404)
                    #expect(try await server.client.send("POST", "\(path)/approve", key: keys.agent).status == 403)

                    let early = try await gateway.desk.consume(Gateway.use(issued.token.text, "req-2"))
                    #expect(early.refusal == .notDecided)
                    let approved = try await server.client.send(
                        "POST", "\(path)/approve?note=ticket%207&approver_id=somebody", fields: [field], body: "null")
                    #expect(approved.status == 200, "\(approved.text)")
                    #expect(try approved.string("status") == "APPROVED")
                    #expect(try approved.string("approver_id") == "dashboard-admin")
                    #expect(try approved.string("note") == "ticket 7")
                    for decision in ["approve", "deny"] {
                        let again = try await server.client.send("POST", "\(path)/\(decision)", fields: [field])
                        #expect(again.status == 409)
                        #expect(try again.string("detail") == "Token already decided with status: 'APPROVED'")
                    }

                    #expect(try await gateway.desk.consume(Gateway.use(issued.handle.text, "req-3")).refusal == .unknown)
                    let changed: JSONValue = ["path": "/etc/passwd", "content": "ok\u{202E}"]
                    let bent = try await gateway.desk.consume(Gateway.use(issued.token.text, "req-4", arguments: changed))
                    #expect(bent.refusal == .otherArguments)
                    guard case .consumed(let use) = try await gateway.desk.consume(Gateway.use(issued.token.text, "req-5")) else {
                        Issue.record("the yes cannot be spent")
                        return
                    }
                    #expect(use.approvers.map(\.id.text) == ["dashboard-admin"])
                    #expect(
                        try await gateway.desk.consume(Gateway.use(issued.token.text, "req-6")).refusal == .decided(.used))
                    #expect(try await server.client.send("GET", path, fields: [field]).text.contains(#""USED""#))
                    #expect(try await server.client.send("GET", "/v1/approvals/nosuch", fields: [field]).status == 404)
                }
                // Both attempts of each decision stand in the journal: before, and after.
                let decisions = try await server.place.query(
                    "SELECT body FROM audit_journal WHERE request_id = 'req-1' ORDER BY sequence")
                #expect(decisions.contains { $0.contains(#""action": "approve""#) && $0.contains(#""phase": "intent""#) })
                #expect(decisions.contains { $0.contains(#""action": "approve""#) && $0.contains(#""phase": "done""#) })
                #expect(decisions.contains { $0.contains(#""reason": "already_decided""#) })
            }
        }
    }

    @Test("are not decided by the human who asked, whichever key that human uses", arguments: TestStore.allCases)
    func fourEyes(on store: TestStore) async throws {
        try await withServer(on: store) { server in
            _ = try await server.place.seed()
            var keys: [String] = []
            for (name, role) in [("jo-agent", "developer"), ("jo-admin", "admin"), ("al-admin", "admin")] {
                let made = try await Programs.apiServer(
                    "keys", "create", "--caller", name, "--role", role, "--person", String(name.prefix(2)), in: server.folder)
                try #require(made.isSuccess, "\(made.standardError.text)")
                keys.append(try #require(made.standardOutput.text.firstMatch(of: #/gth_\w{46}/#).map { String($0.0) }))
            }
            try await server.place.withGateway { gateway in
                var draft = Gateway.draft("req-1", quorum: 1)
                draft.caller = Caller(
                    id: CallerID(unchecked: "jo-agent"), kind: .gatewayCaller, role: .developer, person: PersonID(unchecked: "jo")
                )
                guard case .issued(let issued) = try await gateway.desk.issue(draft) else { throw Gateway.UnexpectedAnswer() }
                let path = "/v1/approvals/\(issued.handle.text)/approve"
                let own = try await server.client.send("POST", path, key: keys[1])
                #expect(own.status == 403)
                #expect(try own.string("detail") == "Nobody decides their own request")
                #expect(try await server.client.send("POST", path, key: keys[2]).status == 200)
            }
        }
    }

    @Test(
        "refuse what is not asked for well, naming the field",
        arguments: ["status=NONE", "limit=-1", "limit=0", "limit=1000000000", "limit=x", "cursor=abc", "scope=ALL"])
    func badQueries(_ query: String) async throws {
        try await withServer { server in
            let keys = try await server.place.seed()
            let answer = try await server.client.send("GET", "/v1/approvals/?\(query)", key: keys.admin)
            #expect(answer.status == 422)
            #expect(try answer.string("detail").contains(query.prefix { $0 != "=" }))
        }
    }

    @Test("are not known by an empty token, whatever the method")
    func emptyToken() async throws {
        try await withServer { server in
            let keys = try await server.place.seed()
            let unknown = try await server.client.send("POST", "/v1/nothing", fields: ["X-Request-ID: same"], key: keys.admin)
            for path in ["/v1/approvals//approve", "/v1/approvals//deny", "/v1/approvals//cancel"] {
                let answer = try await server.client.send("POST", path, fields: ["X-Request-ID: same"], key: keys.admin)
                #expect(answer.status == 404 && answer.text == unknown.text, "\(path): \(answer.text)")
            }
        }
    }

    @Test("leave their arguments in no table, file, log, metric, webhook or Redis value", arguments: TestStore.allCases)
    func canary(on store: TestStore) async throws {
        let canary = "canary-" + "9f41c07e5d"
        try await withRedisServer { redis in
            // Nobody listens there, so that the message stays in the outbox.
            let settings = [
                "REDIS_URL": redis.url, "LOG_LEVEL": "trace", "WEBHOOK_ALLOWED_DESTINATIONS": "127.0.0.1:9",
            ]
            try await withTestPlace(on: store) { place in
                var token = ""
                let output = try await withServer(in: place, settings: settings) { server in
                    let keys = try await place.seed()
                    let field = try await server.signIn(keys.admin)
                    let hook = try await server.client.send(
                        "POST", "/v1/admin/webhooks", fields: [field], body: #"{"url":"https://127.0.0.1:9/x"}"#)
                    #expect(hook.status == 201, "\(hook.text)")
                    try await place.withGateway { gateway in
                        var draft = Gateway.draft("req-1")
                        draft.receivedArguments = ["path": "/data/x", "content": .string(canary)]
                        draft.sentArguments = draft.receivedArguments
                        guard case .issued(let issued) = try await gateway.desk.issue(draft) else {
                            throw Gateway.UnexpectedAnswer()
                        }
                        token = issued.token.text
                        let path = "/v1/approvals/\(issued.handle.text)"
                        #expect(try await server.client.send("GET", path, fields: [field]).text.contains(canary))
                        // Older dashboards put whatever they have into the path.
                        #expect(try await server.client.send("GET", "/v1/approvals/\(token)", fields: [field]).status == 200)
                        try place.expectNone(of: [canary, token])
                        let rows = try await place.dump()
                        #expect(!rows.contains(canary) && !rows.contains(token))
                        #expect(try await server.client.send("POST", "\(path)/approve", fields: [field]).status == 200)
                    }
                    let metrics = try await server.client.send("GET", "/metrics").text
                    #expect(!metrics.contains(canary) && !metrics.contains(token))
                    try place.expectNone(of: [canary, token])
                    server.child.send(signal: 15)
                    #expect(try await server.child.waitForExit() == .exited(0))
                    return server.child.output(of: .standardError).bytes
                }
                TestPlace.expectNone(of: [canary, token], in: Data(output), "the log")
                try place.expectNone(of: [canary, token])
                let rows = try await place.dump()
                #expect(!rows.contains(canary) && !rows.contains(token))
                #expect(rows.contains("req-1"), "the approval is there")
                #expect(try await place.query("SELECT COUNT(*) FROM webhook_messages") == ["1"], "and so is the message")
            }
        }
    }
}
