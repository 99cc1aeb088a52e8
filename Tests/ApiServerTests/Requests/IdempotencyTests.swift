import Approval
import DatabaseTestSupport
import ProgramTestSupport
import StrictJSON
import TestKit
import Testing

@Suite("Writes that are sent again")
struct IdempotencyTests {
    private static let settings = ["RATE_LIMIT_ENABLED": "false"]
    private static let field = "Idempotency-Key: 8e03978e-40d5-43dd"

    @Test("happen once, also through another server, and are answered alike", arguments: TestStore.allCases)
    func traces(on store: TestStore) async throws {
        try await withServer(on: store, settings: Self.settings) { server in
            let user = try await server.makeUser()
            let first = try await server.client.send(
                "POST", "/api/v1/traces", fields: [Self.field], key: user.key, body: RunningServer.trace)
            #expect(first.status == 202, "\(first.text)")
            #expect(first["Idempotency-Replayed"] == nil)
            let again = try await server.client.send(
                "POST", "/api/v1/traces", fields: [Self.field], key: user.key, body: RunningServer.trace)
            #expect(again.status == 202 && again.text == first.text)
            #expect(again["Idempotency-Replayed"] == "true")
            try await withServer(in: server.place, settings: Self.settings) { second in
                let there = try await second.client.send(
                    "POST", "/api/v1/traces", fields: [Self.field], key: user.key, body: RunningServer.trace)
                #expect(there.status == 202 && there.text == first.text)
            }
            let other = try await server.client.send(
                "POST", "/api/v1/traces", fields: [Self.field], key: user.key,
                body: ContentTests.trace([("title", "another")]))
            #expect(other.status == 422, "\(other.text)")
            // The key of another user is another key.
            let stranger = try await server.makeUser()
            let theirs = try await server.client.send(
                "POST", "/api/v1/traces", fields: [Self.field], key: stranger.key, body: RunningServer.trace)
            #expect(theirs.status == 202 && theirs.text != first.text)
            #expect(try await server.place.query("SELECT count(*) FROM traces") == ["2"])
            let broken = try await server.client.send(
                "POST", "/api/v1/traces", fields: ["Idempotency-Key: a b"], key: user.key, body: RunningServer.trace)
            #expect(broken.status == 422 && broken.text.contains("visible ASCII"), "\(broken.text)")
            // Neither the key nor the answer stands anywhere in the clear.
            let dump = try await server.place.dump("--table=idempotency_keys")
            #expect(dump.contains("ANSWERED") && !dump.contains("8e03978e"))
        }
    }

    @Test("cover decisions and receivers, and are forgotten after the time that is set", arguments: TestStore.allCases)
    func administration(on store: TestStore) async throws {
        let settings = ["IDEMPOTENCY_RETENTION_HOURS": "2", "WEBHOOK_ALLOWED_DESTINATIONS": "127.0.0.1:9"]
        try await withServer(on: store, settings: settings) { server in
            let keys = try await server.place.seed()
            let fields = [try await server.signIn(keys.admin), Self.field]
            try await server.place.withGateway { gateway in
                let issued = try await gateway.issue("req-1")
                let path = "/v1/approvals/\(issued.handle.text)/approve"
                let first = try await server.client.send("POST", path, fields: fields)
                let again = try await server.client.send("POST", path, fields: fields)
                #expect(first.status == 200 && again.status == 200 && first.text == again.text, "\(again.text)")
                #expect(try await server.client.send("POST", path, fields: [fields[0]]).status == 409)
            }
            let body = #"{"url":"https://127.0.0.1:9/hook"}"#
            let receiver = try await server.client.send("POST", "/v1/admin/webhooks", fields: fields, body: body)
            #expect(receiver.status == 201, "\(receiver.text)")
            let repeated = try await server.client.send("POST", "/v1/admin/webhooks", fields: fields, body: body)
            #expect(repeated.text == receiver.text, "the secret is shown to whoever did not hear it")
            let secret = try receiver.string("secret")
            #expect(try await !server.place.dump().contains(secret))
            let span =
                store == .sqlite
                ? "round((julianday(expires_at) - julianday(created_at)) * 24)"
                : "extract(epoch FROM expires_at - created_at) / 3600"
            let hours = try await server.place.query("SELECT DISTINCT \(span) FROM idempotency_keys")
            #expect(hours.count == 1 && hours[0].hasPrefix("2"), "\(hours)")
        }
    }
}
