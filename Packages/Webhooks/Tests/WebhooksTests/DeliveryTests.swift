import Cryptography
import DatabaseTestSupport
import Persistence
import StandardWebhooks
import StrictJSON
import TestKit
import Testing

@testable import Webhooks

@Suite("Delivery")
struct DeliveryTests {
    @Test("brings a message to its receiver, signed, and keeps that it arrived", arguments: TestStore.allCases)
    func delivers(_ store: TestStore) async throws {
        try await WebhookFixture.with(store) { fixture in
            try await Receiver.with { receiver in
                try await fixture.withDispatcher(to: [receiver]) { running in
                    try await running.send(data: ["approval_id": "7", "text": "grün \u{0} \"x\""])
                    try await fixture.steps.wait(for: .recorded, 1)
                    let message = try #require(receiver.messages.first)
                    #expect(message.path == "/hooks")
                    #expect(message.fields["content-type"] == "application/json")
                    let body = try JSONValue(parsing: message.body, options: JSONParsingOptions(allowsNUL: true))
                    #expect(body.objectValue.map { Array($0.keys) } == ["type", "timestamp", "data"])
                    #expect(body["type"] == "approval.required")
                    #expect(body["timestamp"] == .string(fixture.now.rfc3339))
                    #expect(body["data"] == ["approval_id": "7", "text": "grün \u{0} \"x\""])
                    let verifier = try WebhookVerifier(secrets: [running.registered[0].secret])
                    try verifier.verify(message.body, message.headers, at: fixture.now.microseconds / 1_000_000)

                    let delivery = try #require(try await running.deliveries().first)
                    #expect(delivery.messageID == message.id)
                    #expect(delivery.status == .delivered && delivery.attempts == 1 && delivery.lastStatus == 204)
                    #expect(delivery.finishedAt == fixture.now && delivery.dueAt == nil && delivery.lastError == nil)
                    #expect(fixture.metric(#"gatehouse_webhook_deliveries_total{outcome="delivered"}"#) == "1.0")
                }
            }
        }
    }

    @Test("sends the published vector to the letter")
    func vector() async throws {
        try await WebhookFixture.with(.sqlite) { fixture in
            try await Receiver.with { receiver in
                try await fixture.withDispatcher(to: [receiver]) { running in
                    // Source: Standard Webhooks 1.0.0; no secret of anybody.
                    let secret = try WebhookSecret(parsing: ["whsec_", "MfKQ9r8GKYqrTw", "jUPD8ILPZIo2LaLaSw"].joined())
                    let endpointID = running.registered[0].endpoint.id
                    let seconds = Timestamp.epoch.advanced(by: .seconds(1_614_265_330))
                    fixture.clock.advance(by: fixture.now.duration(to: seconds))
                    let table = SecretTable(keyring: fixture.keyring)
                    try await fixture.database.transaction { connection in
                        try connection.execute("DELETE FROM webhook_secrets")
                        try table.insert(secret, number: 1, of: endpointID, at: seconds, in: connection)
                        try connection.execute(
                            """
                            INSERT INTO webhook_messages (id, org_id, event_type, body, created_at)
                            VALUES ('msg_p5jXN8AQM9LWM0D4loKWxJek', 'acme', 'test', '{"test": 2432232314}', \(seconds))
                            """)
                        try connection.execute(
                            """
                            INSERT INTO webhook_deliveries (message_id, endpoint_id, status, attempts, due_at, created_at)
                            VALUES ('msg_p5jXN8AQM9LWM0D4loKWxJek', \(endpointID), 'pending', 0, \(seconds), \(seconds))
                            """)
                    }
                    running.outbox.wake()
                    try await receiver.wait(for: 1)
                    let message = receiver.messages[0]
                    #expect(message.id == "msg_p5jXN8AQM9LWM0D4loKWxJek")
                    #expect(message.headers.timestamp == "1614265330")
                    #expect(message.headers.signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
                    #expect(message.body == Array(#"{"test": 2432232314}"#.utf8))
                }
            }
        }
    }

    @Test("sends what nobody can change, date back or take for another message")
    func forgeries() async throws {
        try await WebhookFixture.with(.sqlite) { fixture in
            try await Receiver.with { receiver in
                try await fixture.withDispatcher(to: [receiver]) { running in
                    try await running.send()
                    try await running.send(data: ["approval_id": "8"])
                    try await receiver.wait(for: 2)
                    let (message, other) = (receiver.messages[0], receiver.messages[1])
                    let seconds = fixture.now.microseconds / 1_000_000
                    let verifier = try WebhookVerifier(secrets: [running.registered[0].secret])
                    for skew: Int64 in [-300, 0, 300] { try verifier.verify(message.body, message.headers, at: seconds + skew) }
                    for skew: Int64 in [-301, 301] {
                        let error = #expect(throws: WebhookError.self) {
                            try verifier.verify(message.body, message.headers, at: seconds + skew)
                        }
                        #expect(error?.code == .outsideTolerance)
                    }
                    for place in message.body.indices {
                        var body = message.body
                        body[place] ^= 1
                        #expect(throws: WebhookError.self) { try verifier.verify(body, message.headers, at: seconds) }
                    }
                    let swapped = WebhookHeaders(
                        id: other.id, timestamp: message.headers.timestamp, signature: message.headers.signature)
                    #expect(throws: WebhookError.self) { try verifier.verify(message.body, swapped, at: seconds) }
                    let later = WebhookHeaders(
                        id: message.id, timestamp: String(seconds + 1), signature: message.headers.signature)
                    #expect(throws: WebhookError.self) { try verifier.verify(message.body, later, at: seconds) }
                    let stranger = try WebhookVerifier(secrets: [WebhookSecret.random()])
                    #expect(throws: WebhookError.self) { try stranger.verify(message.body, message.headers, at: seconds) }
                }
            }
        }
    }

    @Test("signs with both secrets while a rotation lasts, and with the new one afterwards", arguments: TestStore.allCases)
    func rotation(_ store: TestStore) async throws {
        try await WebhookFixture.with(store) { fixture in
            try await Receiver.with { receiver in
                try await fixture.withDispatcher(to: [receiver]) { running in
                    let (id, old) = (running.registered[0].endpoint.id, running.registered[0].secret)
                    func verifies(_ message: Received, _ secret: WebhookSecret) throws -> Bool {
                        let verifier = try WebhookVerifier(secrets: [secret])
                        let seconds = fixture.now.microseconds / 1_000_000
                        return (try? verifier.verify(message.body, message.headers, at: seconds)) != nil
                    }
                    let rotated = try await running.endpoints.rotate(
                        id, of: WebhookFixture.organisation, overlap: .seconds(600))
                    #expect(rotated.olderSecretsEndAt == fixture.now.advanced(by: .seconds(600)))
                    try await running.send()
                    try await fixture.steps.wait(for: .recorded, 1)
                    #expect(receiver.messages[0].headers.signature.split(separator: " ").count == 2)
                    #expect(try verifies(receiver.messages[0], old))
                    #expect(try verifies(receiver.messages[0], rotated.secret))

                    // The next clearing is far, so that nothing but the rule keeps the older secret out.
                    running.advance(by: .seconds(600))
                    try await running.send()
                    try await fixture.steps.wait(for: .recorded, 2)
                    #expect(receiver.messages[1].headers.signature.split(separator: " ").count == 1)
                    #expect(try !verifies(receiver.messages[1], old))
                    #expect(try verifies(receiver.messages[1], rotated.secret))

                    // A leaked secret ends at once.
                    let last = try await running.endpoints.rotate(id, of: WebhookFixture.organisation, overlap: .zero)
                    try await running.send()
                    try await fixture.steps.wait(for: .recorded, 3)
                    #expect(try !verifies(receiver.messages[2], rotated.secret))
                    #expect(try verifies(receiver.messages[2], last.secret))
                }
            }
        }
    }

    @Test("repeats a message with the same id and body, signed anew", arguments: TestStore.allCases)
    func repeats(_ store: TestStore) async throws {
        try await WebhookFixture.with(store) { fixture in
            try await Receiver.with({ number, _ in .answer(number < 3 ? 500 : 200) }) { receiver in
                try await fixture.withDispatcher(to: [receiver]) { running in
                    try await running.send()
                    try await fixture.steps.wait(for: .recorded, 1)
                    running.advance(by: .seconds(5))
                    try await fixture.steps.wait(for: .recorded, 2)
                    #expect(try await running.endpoint().failingSince == WebhookFixture.start)
                    running.advance(by: .seconds(300))
                    try await fixture.steps.wait(for: .recorded, 3)
                    let messages = receiver.messages
                    #expect(Set(messages.map(\.id)).count == 1 && Set(messages.map(\.body)).count == 1)
                    #expect(Set(messages.map(\.headers.signature)).count == 3)
                    let verifier = try WebhookVerifier(secrets: [running.registered[0].secret])
                    try verifier.verify(messages[2].body, messages[2].headers, at: fixture.now.microseconds / 1_000_000)
                    let delivery = try #require(try await running.deliveries().first)
                    #expect(delivery.status == .delivered && delivery.attempts == 3)
                    #expect(try await running.endpoint().failingSince == nil)
                }
            }
        }
    }

    @Test("follows the schedule to its end, and gives up then", arguments: TestStore.allCases)
    func schedule(_ store: TestStore) async throws {
        try await WebhookFixture.with(store) { fixture in
            try await Receiver.with({ _, _ in .answer(500) }) { receiver in
                try await fixture.withDispatcher(to: [receiver]) { running in
                    try await running.send()
                    try await fixture.steps.wait(for: .recorded, 1)
                    for (index, pause) in RetrySchedule.standard.pauses.enumerated().dropFirst() {
                        let pending = try #require(try await running.deliveries().first)
                        #expect(pending.status == .pending && pending.attempts == index && pending.lastStatus == 500)
                        #expect(pending.dueAt == fixture.now.advanced(by: pause))
                        // A second early nothing may happen; another message shows that the dispatcher has looked.
                        fixture.clock.advance(by: pause - .seconds(1))
                        #expect(receiver.messages.count == index)
                        running.advance(by: .seconds(1))
                        try await fixture.steps.wait(for: .recorded, index + 1)
                    }
                    let delivery = try #require(try await running.deliveries().first)
                    #expect(delivery.status == .failed && delivery.attempts == 10 && delivery.finishedAt == fixture.now)
                    #expect(receiver.messages.count == 10)
                    #expect(fixture.metric(#"gatehouse_webhook_deliveries_total{outcome="failed"}"#) == "9.0")
                    #expect(fixture.metric(#"gatehouse_webhook_deliveries_total{outcome="exhausted"}"#) == "1.0")
                }
            }
        }
    }
}
