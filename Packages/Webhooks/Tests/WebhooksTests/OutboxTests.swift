import DatabaseTestSupport
import Identity
import Persistence
import StrictJSON
import Testing

@testable import Webhooks

@Suite("Outbox")
struct OutboxTests {
    private struct Undo: Error {}

    @Test("keeps nothing of a transaction that is rolled back, and sends nothing", arguments: TestStore.allCases)
    func rolledBack(_ store: TestStore) async throws {
        try await WebhookFixture.with(store) { fixture in
            try await Receiver.with { receiver in
                try await fixture.withDispatcher(to: [receiver]) { running in
                    await #expect(throws: Undo.self) {
                        try await fixture.database.transaction { connection in
                            _ = try running.outbox.enqueue(
                                "approval.required", data: [:], organisation: WebhookFixture.organisation, in: connection)
                            throw Undo()
                        }
                    }
                    #expect(try await fixture.count("webhook_messages") == 0)
                    #expect(try await fixture.count("webhook_deliveries") == 0)
                    running.outbox.wake()
                    try await running.send("approval.decided")
                    try await fixture.steps.wait(for: .recorded, 1)
                    #expect(receiver.messages.count == 1)
                    #expect(String(decoding: receiver.messages[0].body, as: UTF8.self).contains("approval.decided"))
                }
            }
        }
    }

    @Test("sends to the endpoints of the organisation that want the event, and to no others", arguments: TestStore.allCases)
    func matching(_ store: TestStore) async throws {
        try await WebhookFixture.with(store) { fixture in
            let client = try fixture.client("127.0.0.1:9")
            let endpoints = try fixture.endpoints(client)
            let outbox = try fixture.outbox()
            let other = OrganisationID(unchecked: "other")
            let url = "http://127.0.0.1:9/"
            let all = try await endpoints.register(url: url, eventTypes: [], organisation: WebhookFixture.organisation)
            let some = try await endpoints.register(
                url: url, eventTypes: ["approval.decided", "approval.required"], organisation: WebhookFixture.organisation)
            _ = try await endpoints.register(
                url: url, eventTypes: ["approval", "approval.required.x"], organisation: WebhookFixture.organisation)
            _ = try await endpoints.register(url: url, eventTypes: [], organisation: other)
            let id = try await fixture.database.transaction { connection in
                try outbox.enqueue("approval.required", data: [:], organisation: WebhookFixture.organisation, in: connection)
            }
            let found = try await fixture.database.query(
                "SELECT endpoint_id FROM webhook_deliveries WHERE message_id = \(id ?? "")"
            ).map { try $0.decode("endpoint_id", as: String.self) }
            #expect(Set(found) == [all.endpoint.id, some.endpoint.id])
            let nobody = try await fixture.database.transaction { connection in
                try outbox.enqueue(
                    "approval.required", data: [:], organisation: OrganisationID(unchecked: "nobody"), in: connection)
            }
            #expect(nobody == nil)
            #expect(try await fixture.count("webhook_messages") == 1)
        }
    }

    @Test(
        "refuses names that are none",
        arguments: ["", "a b", ".a", "a\u{0}", "ä", "e\u{301}", String(repeating: "a", count: 129)])
    func names(_ name: String) throws {
        let error = #expect(throws: WebhooksError.self) { try WebhookOutbox.body(name, data: [:], at: .epoch) }
        #expect(error?.code == .invalidEventType)
    }

    @Test("refuses a body of 20 000 bytes, takes one byte less, and says how large it is", arguments: TestStore.allCases)
    func size(_ store: TestStore) async throws {
        try await WebhookFixture.with(store) { fixture in
            let endpoints = try fixture.endpoints(try fixture.client("127.0.0.1:9"))
            let outbox = try fixture.outbox()
            _ = try await endpoints.register(
                url: "http://127.0.0.1:9/", eventTypes: [], organisation: WebhookFixture.organisation)
            let empty = try WebhookOutbox.body("a", data: [:], at: fixture.now).utf8.count
            // {"t":""} has six bytes more than {}.
            let room = WebhookOutbox.bodyLimit - empty - 6
            for (count, isFine) in [(room - 1, true), (room, false), (1_000_000, false)] {
                let data = JSONValue.object(JSONObject([("t", .string(String(repeating: "x", count: count)))]))
                do {
                    try await fixture.enqueue("a", data: data, in: outbox)
                    #expect(isFine)
                } catch let error as WebhooksError {
                    #expect(!isFine && error.code == .messageTooLarge)
                    #expect(error.message.contains("\(empty + 6 + count) bytes") && error.message.contains("20000"))
                }
            }
            #expect(try await fixture.count("webhook_messages") == 1)
        }
    }

    @Test("lets only so much wait for one endpoint", arguments: TestStore.allCases)
    func backlog(_ store: TestStore) async throws {
        try await WebhookFixture.with(store) { fixture in
            var configuration = WebhookConfiguration()
            configuration.backlogLimit = 3
            let endpoints = try fixture.endpoints(try fixture.client("127.0.0.1:9"))
            let outbox = try fixture.outbox(configuration)
            let registered = try await endpoints.register(
                url: "http://127.0.0.1:9/", eventTypes: [], organisation: WebhookFixture.organisation)
            for _ in 0..<5 { try await fixture.enqueue(in: outbox) }
            let page = try await endpoints.deliveries(to: registered.endpoint.id, of: WebhookFixture.organisation)
            #expect(page.deliveries.map(\.status) == [.failed, .failed, .pending, .pending, .pending])
            #expect(page.deliveries.first?.lastError == "backlogFull")
        }
    }

    @Test("stands in transactions of any isolation while receivers fail", arguments: TestStore.allCases)
    func besideFailures(_ store: TestStore) async throws {
        try await WebhookFixture.with(store) { fixture in
            try await Receiver.with({ _, _ in .answer(500) }) { receiver in
                try await fixture.withDispatcher(to: [receiver]) { running in
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        for isolation in TransactionIsolation.allCases + TransactionIsolation.allCases {
                            group.addTask {
                                for _ in 0..<10 {
                                    try await fixture.database.transaction(isolation: isolation, retries: 20) { connection in
                                        _ = try running.outbox.enqueue(
                                            "a", data: [:], organisation: WebhookFixture.organisation, in: connection)
                                    }
                                    running.outbox.wake()
                                }
                            }
                        }
                        try await group.waitForAll()
                    }
                    try await fixture.steps.wait(for: .recorded, 60)
                    #expect(Set(receiver.messages.map(\.id)).count == 60 && receiver.messages.count == 60)
                }
            }
        }
    }
}
