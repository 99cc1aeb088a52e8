import Approval
import ApprovalHTTP
import ApprovalTestSupport
import DatabaseTestSupport
import HTTPCore
import HTTPCoreTestSupport
import HTTPTypes
import Identity
import PrometheusMetrics
import StrictJSON
import Testing

@Suite("Approval operations")
struct ApprovalOperationsTests {
    @Test("lists what the older dashboard reads, with and without a slash at the end", arguments: TestStore.allCases)
    func list(_ store: TestStore) async throws {
        try await ApprovalService.with(store) { service in
            for number in 0..<7 { _ = try await service.issue { $0.sentArguments = ["n": .integer(number)] } }
            for path in ["/v1/approvals/", "/v1/approvals"] {
                let answer = try await service.get(path, as: "admin")
                #expect(answer.status == .ok)
                let items = try #require(try answer.json.arrayValue)
                #expect(items.count == 7)
                let first = try #require(items.first?.objectValue)
                #expect(
                    first.map(\.key).prefix(11) == [
                        "token", "caller_id", "org_id", "tool_name", "server", "status", "scope", "created_at", "expires_at",
                        "approver_id", "decided_at",
                    ])
                #expect(first["caller_id"] == "agent-1" && first["status"] == "PENDING" && first["approver_id"] == .null)
                #expect(first["arguments"] == nil)
            }
            #expect(try await service.get("/v1/approvals/", as: "elsewhere").json == [])
            #expect(try await service.get("/v1/approvals/", as: "agent").status == .forbidden)
            #expect(try await service.get("/v1/approvals/", as: "nobody").status == .unauthorized)
            #expect(service.limits.charged.allSatisfy { $0 == "approvals-read" })
        }
    }

    @Test("pages by signed cursors, and filters", arguments: TestStore.allCases)
    func pages(_ store: TestStore) async throws {
        try await ApprovalService.with(store) { service in
            var handles: [String] = []
            for number in 0..<7 {
                handles.insert(try await service.issue { $0.sentArguments = ["n": .integer(number)] }.handle.text, at: 0)
            }
            var found: [String] = []
            var path: String? = "/v1/approvals/?limit=3&status=PENDING"
            while let next = path {
                let answer = try await service.get(next, as: "admin")
                found += try answer.json.arrayValue?.compactMap { $0["token"]?.stringValue } ?? []
                let cursor = answer.headers[HTTPField.Name("X-Next-Cursor") ?? .age]
                path = cursor.map { "/v1/approvals/?limit=3&status=PENDING&cursor=\($0)" }
                if let link = answer.headers[.link] { #expect(link.contains("status=PENDING") && link.contains("limit=3")) }
            }
            #expect(found == handles)
            #expect(try await service.get("/v1/approvals/?status=DENIED", as: "admin").json == [])
            #expect(
                try await service.get("/v1/approvals/?tool_name=fs.write&caller_id=agent-1", as: "admin").json.arrayValue?.count
                    == 7)
            #expect(try await service.get("/v1/approvals/?tool_name=other", as: "admin").json == [])
            for query in ["limit=0", "limit=201", "limit=-1", "limit=x", "status=nope", "scope=x", "cursor=AAAA"] {
                let answer = try await service.get("/v1/approvals/?\(query)", as: "admin")
                #expect(answer.status == .unprocessableContent, "\(query)")
                let name = query.split(separator: "=").first.map(String.init) ?? ""
                #expect(try answer.json["errors"]?[0]?["loc"] == ["query", .string(name)], "\(query)")
            }
        }
    }

    @Test("H6: shows those who decide every argument, and the owner how far it is", arguments: TestStore.allCases)
    func read(_ store: TestStore) async throws {
        try await ApprovalService.with(store) { service in
            let issued = try await service.issue()
            for name in [issued.handle.text, issued.token.text] {
                let answer = try await service.get("/v1/approvals/\(name)", as: "admin")
                #expect(answer.status == .ok)
                let json = try answer.json
                #expect(json["token"] == .string(issued.handle.text))
                #expect(json["votes"] == [])
                #expect(json["quorum"] == 1)
                let values = try #require(json["arguments"]?["values"]?.arrayValue)
                #expect(values.map { $0["path"]?.stringValue } == ["/a/b/0", "/a/b/1", "/a/b/2", "/a/b/3", "/a/b/4", "/path"])
                #expect(values.map { $0["type"]?.stringValue } == ["integer", "float", "boolean", "null", "array", "string"])
                #expect(values.last?["value"] == #"/data/\u{202E}x"#)
                #expect(values.last?["bytes"] == 10)
                #expect(values.last?["notes"] == ["bidirectional"])
            }
            let own = try await service.get("/v1/approvals/\(issued.token.text)", as: "agent")
            #expect(own.status == .ok)
            #expect(
                try own.json.objectValue?.map(\.key).prefix(6) == [
                    "token", "status", "scope", "approver_id", "note", "decided_at",
                ])
            #expect(try own.json["arguments"] == nil)
            for key in ["agent-2", "namesake", "elsewhere"] {
                let answer = try await service.get("/v1/approvals/\(issued.handle.text)", as: key)
                #expect(answer.status == .notFound, "\(key)")
                #expect(!String(decoding: answer.body, as: UTF8.self).contains(issued.handle.text))
            }
            for name in ["x", "%C3%A9", String(repeating: "A", count: 43), String(repeating: "A", count: 128)] {
                #expect(try await service.get("/v1/approvals/\(name)", as: "admin").status == .notFound, "\(name)")
            }
        }
    }

    @Test("decides with a null, an empty or no body, and forgives the older clients' approver", arguments: TestStore.allCases)
    func decide(_ store: TestStore) async throws {
        try await ApprovalService.with(store) { service in
            let bodies: [[UInt8]?] = [nil, [], Array("null".utf8)]
            for (number, body) in bodies.enumerated() {
                for (word, status) in [("approve", "APPROVED"), ("deny", "DENIED")] {
                    let issued = try await service.issue { $0.sentArguments = [.string(word), .integer(number)] }
                    let path = "/v1/approvals/\(issued.handle.text)/\(word)"
                    let answer = try await service.post(
                        "\(path)?note=fine+%E2%80%AE&approver_id=somebody", as: "admin", body: body)
                    #expect(answer.status == .ok)
                    #expect(try answer.json["status"] == .string(status))
                    #expect(try answer.json["approver_id"] == "admin-1")
                    #expect(try answer.json["note"] == #"fine \u{202E}"#)
                    #expect(try answer.json["decided_at"]?.stringValue?.hasSuffix("Z") == true)
                    let again = try await service.post(path, as: "admin-2", body: body)
                    #expect(again.status == .conflict)
                    #expect(try again.json["detail"] == .string("Token already decided with status: '\(status)'"))
                }
            }
            #expect(service.ledger.events.count { $0.phase == .done(.approved) } == 3)
        }
    }

    @Test("answers whoever may not decide", arguments: TestStore.allCases)
    func refusals(_ store: TestStore) async throws {
        try await ApprovalService.with(store) { service in
            let issued = try await service.issue { $0.requiresNote = true }
            let path = "/v1/approvals/\(issued.handle.text)"
            #expect(try await service.post("\(path)/approve", as: "agent").status == .forbidden)
            #expect(try await service.post("\(path)/approve", as: "nobody").status == .unauthorized)
            #expect(try await service.post("\(path)/approve?note=n", as: "elsewhere").status == .notFound)
            #expect(try await service.post("\(path)/deny?note=n", as: "self").status == .forbidden)
            let missing = try await service.post("\(path)/deny", as: "admin")
            #expect(missing.status == .unprocessableContent)
            #expect(try missing.json["errors"]?[0]?["loc"] == ["query", "note"])
            let long = String(repeating: "n", count: 2_001)
            #expect(try await service.post("\(path)/deny?note=\(long)", as: "admin").status == .unprocessableContent)
            let unknown = String(repeating: "A", count: 43)
            #expect(try await service.post("/v1/approvals/\(unknown)/deny", as: "admin").status == .notFound)
            service.ledger.refuse { _ in true }
            let unrecorded = try await service.post("\(path)/deny?note=n", as: "admin")
            #expect(unrecorded.status == .serviceUnavailable)
            #expect(unrecorded.headers[.retryAfter] == "1")
            service.ledger.refuse { _ in false }
            #expect(try await service.post("\(path)/deny?note=n", as: "admin").status == .ok)
        }
    }

    @Test("leaves a refusal to the observer exactly where the ledger has not kept it", arguments: TestStore.allCases)
    func recorded(_ store: TestStore) async throws {
        try await ApprovalService.with(store) { service in
            let issued = try await service.issue()
            let path = "/v1/approvals/\(issued.handle.text)/approve"
            #expect(try await service.post(path, as: "self").status == .forbidden)
            #expect(service.refusals.all.isEmpty)
            service.ledger.refuse { $0.phase == .refused(.ownRequest) }
            #expect(try await service.post(path, as: "self").status == .forbidden)
            #expect(service.refusals.all.map(\.status.code) == [403])
            #expect(service.refusals.all.first?.caller?.id.text == "admin-3")
            service.ledger.refuse { _ in false }
            #expect(try await service.post(path, as: "self").status == .forbidden)
            #expect(service.refusals.all.count == 1)
        }
    }

    @Test("answers 409 for what has expired", arguments: TestStore.allCases)
    func expired(_ store: TestStore) async throws {
        try await ApprovalService.with(store) { service in
            let issued = try await service.issue { $0.lifetime = .microseconds(1) }
            let answer = try await service.post("/v1/approvals/\(issued.handle.text)/approve", as: "admin")
            #expect(answer.status == .conflict)
            #expect(try answer.json["detail"] == "Token already decided with status: 'EXPIRED'")
            #expect(try await service.get("/v1/approvals/\(issued.handle.text)", as: "agent").json["status"] == "EXPIRED")
            #expect(try await service.get("/v1/approvals/?status=EXPIRED", as: "admin").json.arrayValue?.count == 1)
        }
    }

    @Test("lets the owner and those who decide cancel", arguments: TestStore.allCases)
    func cancel(_ store: TestStore) async throws {
        try await ApprovalService.with(store) { service in
            for key in ["agent", "admin"] {
                let issued = try await service.issue()
                let path = "/v1/approvals/\(issued.handle.text)/cancel"
                for stranger in ["agent-2", "namesake", "elsewhere"] {
                    #expect(try await service.post(path, as: stranger).status == .notFound)
                }
                let answer = try await service.post(path, as: key)
                #expect(answer.status == .ok)
                #expect(try answer.json["status"] == "CANCELLED")
                #expect(try await service.post(path, as: key).status == .conflict)
            }
            #expect(service.limits.charged.contains("approvals-decide"))
        }
    }

    @Test("S3-16: leaves no token in metrics and in answers that refuse", arguments: TestStore.allCases)
    func tokenStaysOut(_ store: TestStore) async throws {
        try await ApprovalService.with(store) { service in
            let issued = try await service.issue()
            var bodies: [UInt8] = []
            for path in ["", "/approve", "/deny", "/cancel", "/nothing"] {
                bodies += try await service.get("/v1/approvals/\(issued.token.text)\(path)", as: "agent-2").body
                bodies += try await service.post("/v1/approvals/\(issued.token.text)\(path)", as: "agent-2").body
            }
            let text = String(decoding: bodies + service.registry.render(), as: UTF8.self)
            #expect(!text.contains(issued.token.text))
            #expect(text.contains("/v1/approvals/{token}"))
        }
    }
}
