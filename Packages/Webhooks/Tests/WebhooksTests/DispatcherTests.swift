import DatabaseTestSupport
import Foundation
import Persistence
import TestKit
import StrictJSON
import Testing

@testable import Webhooks

@Suite("Dispatcher", .timeLimit(.minutes(2)))
struct DispatcherTests {
    @Test("lets several servers share the work, and each attempt is made once", arguments: TestStore.allCases)
    func several(_ store: TestStore) async throws {
        try await WebhookFixture.with(store) { fixture in
            let count = TestRun.count(40, long: 1_000)
            try await Receiver.with { first in
                try await Receiver.with { second in
                    try await fixture.withDispatcher(to: [first, second]) { running in
                        let allowed = "127.0.0.1:\(first.port),127.0.0.1:\(second.port)"
                        var others: [(dispatcher: WebhookDispatcher, outbox: WebhookOutbox, database: any Database)] = []
                        for _ in 0..<2 {
                            let database = try await WebhookFixture.open(fixture.url)
                            let outbox = try fixture.outbox()
                            others.append(
                                (
                                    try WebhookDispatcher(
                                        database: database, outbox: outbox, client: fixture.client(allowed),
                                        keyring: fixture.keyring, configuration: WebhookConfiguration(), metrics: nil,
                                        logger: fixture.logger, seams: fixture.seams), outbox, database
                                ))
                        }
                        let tasks = others.map { other in Task { await other.dispatcher.run() } }
                        for _ in 0..<count {
                            try await running.send()
                            for other in others { other.outbox.wake() }
                        }
                        try await fixture.steps.wait(for: .recorded, count * 2)
                        for other in others { other.dispatcher.stop() }
                        for task in tasks { await task.value }
                        for other in others { await other.database.close() }
                        for receiver in [first, second] {
                            #expect(receiver.messages.count == count)
                            #expect(Set(receiver.messages.map(\.id)).count == count)
                        }
                        #expect(try await fixture.count("webhook_deliveries", "status = 'delivered'") == count * 2)
                    }
                }
            }
        }
    }

    @Test("waits for a database that is away, without asking again and again")
    func databaseAway() async throws {
        try await WebhookFixture.with(.sqlite) { fixture in
            try await Receiver.with { receiver in
                let database = OutageDatabase(fixture.database)
                try await fixture.withDispatcher(to: [receiver], on: database) { running in
                    // Polling and clearing sleep.
                    await fixture.clock.waitForSleepers(2)
                    database.isAway = true
                    try await running.send()
                    await fixture.clock.waitForSleepers(2)
                    let calls = database.calls
                    for _ in 0..<200 {
                        running.outbox.wake()
                        for _ in 0..<10 { await Task.yield() }
                    }
                    await fixture.clock.waitForSleepers(2)
                    #expect(database.calls <= calls + 1)
                    #expect(receiver.messages.isEmpty)
                    database.isAway = false
                    // A pause for the outage lasts ten seconds at most; together these are less than a claim.
                    for _ in 0..<3 {
                        await fixture.clock.waitForSleepers(2)
                        running.advance(by: .seconds(10))
                    }
                    try await fixture.steps.wait(for: .recorded, 1)
                    #expect(try await running.deliveries().map(\.status) == [.delivered])
                }
            }
        }
    }

    @Test("keeps an outcome when the database comes back while the claim lasts")
    func recordsLater() async throws {
        try await WebhookFixture.with(.sqlite) { fixture in
            try await Receiver.with({ _, _ in .hold }) { receiver in
                let database = OutageDatabase(fixture.database)
                try await fixture.withDispatcher(to: [receiver], on: database) { running in
                    try await running.send()
                    try await receiver.wait(for: 1)
                    database.isAway = true
                    receiver.release()
                    try await fixture.steps.wait(for: .sent, 1)
                    for _ in 0..<5 {
                        // Polling, clearing and keeping sleep.
                        await fixture.clock.waitForSleepers(3)
                        fixture.clock.advance(by: .seconds(6))
                    }
                    database.isAway = false
                    for _ in 0..<20 where fixture.steps.count(.recorded) == 0 {
                        await fixture.clock.waitForSleepers(2)
                        fixture.clock.advance(by: .seconds(2))
                        await Task.yield()
                    }
                    try await fixture.steps.wait(for: .recorded, 1)
                    #expect(try await running.deliveries().map(\.status) == [.delivered])
                    running.advance(by: .seconds(600))
                    #expect(receiver.messages.count == 1)
                }
            }
        }
    }

    @Test("sends again under the same id what it could not keep", arguments: TestStore.allCases)
    func unrecorded(_ store: TestStore) async throws {
        try await WebhookFixture.with(store) { fixture in
            try await Receiver.with({ number, _ in number == 1 ? .hold : .answer(204) }) { receiver in
                let database = OutageDatabase(fixture.database)
                try await fixture.withDispatcher(to: [receiver], on: database) { running in
                    try await running.send()
                    try await receiver.wait(for: 1)
                    database.isAway = true
                    // Past its claim nobody may keep the outcome.
                    fixture.clock.advance(by: .seconds(120))
                    receiver.release()
                    try await fixture.steps.wait(for: .recorded, 1)
                    #expect(fixture.metric(#"gatehouse_webhook_deliveries_total{outcome="unrecorded"}"#) == "1.0")
                    database.isAway = false
                    // A pause for the outage lasts ten seconds at most; together these are less than a claim.
                    for _ in 0..<3 {
                        await fixture.clock.waitForSleepers(2)
                        running.advance(by: .seconds(10))
                    }
                    try await fixture.steps.wait(for: .recorded, 2)
                    #expect(receiver.messages.count == 2 && Set(receiver.messages.map(\.id)).count == 1)
                    let delivery = try #require(try await running.deliveries().first)
                    #expect(delivery.status == .delivered && delivery.attempts == 2)
                }
            }
        }
    }

    @Test("ends attempts under way when it is told to stop, and begins none", arguments: TestStore.allCases)
    func shutdown(_ store: TestStore) async throws {
        try await WebhookFixture.with(store) { fixture in
            try await Receiver.with({ _, _ in .hold }) { receiver in
                try await fixture.withDispatcher(to: [receiver]) { running in
                    try await running.send()
                    try await receiver.wait(for: 1)
                    running.dispatcher.stop()
                    try await running.send()
                    receiver.release()
                    await running.task.value
                    #expect(try await running.deliveries().map(\.status) == [.pending, .delivered])
                    #expect(receiver.messages.count == 1)
                }
            }
        }
    }

    @Test("lets an attempt run out when it is cancelled, and makes it again later")
    func cancelled() async throws {
        try await WebhookFixture.with(.sqlite) { fixture in
            try await Receiver.with({ _, _ in .hold }) { receiver in
                try await fixture.withDispatcher(to: [receiver]) { running in
                    try await running.send()
                    try await receiver.wait(for: 1)
                    running.task.cancel()
                    await running.task.value
                    let delivery = try #require(try await running.deliveries().first)
                    #expect(delivery.status == .pending && delivery.attempts == 1)
                    #expect(delivery.dueAt == fixture.now.advanced(by: .seconds(120)))
                }
            }
        }
    }

    @Test("gives up what ten servers have begun and none has ended")
    func interrupted() async throws {
        try await WebhookFixture.with(.sqlite) { fixture in
            try await Receiver.with { receiver in
                try await fixture.withDispatcher(to: [receiver]) { running in
                    fixture.clock.advance(by: .seconds(1))
                    let id = try await fixture.database.transaction { connection in
                        let id = try running.outbox.enqueue(
                            "a", data: [:], organisation: WebhookFixture.organisation, in: connection)
                        try connection.execute("UPDATE webhook_deliveries SET attempts = 10")
                        return id
                    }
                    running.outbox.wake()
                    try await fixture.steps.wait(for: .recorded, 1)
                    let delivery = try #require(try await running.deliveries().first)
                    #expect(delivery.messageID == id && delivery.status == .failed && delivery.attempts == 10)
                    #expect(delivery.lastError == "interrupted" && receiver.messages.isEmpty)
                }
            }
        }
    }

    @Test("sees more busy endpoints than one look holds, and costs one probe for each", arguments: TestStore.allCases)
    func manyEndpoints(_ store: TestStore) async throws {
        try await WebhookFixture.with(store) { fixture in
            let now = fixture.now
            try await fixture.database.transaction { connection in
                try connection.execute(
                    """
                    INSERT INTO webhook_messages (id, org_id, event_type, body, created_at) VALUES ('m', 'o', 't', '{}', \(now))
                    """)
                for number in 0..<2_300 {
                    let id = "e\(10_000 + number)"
                    try connection.execute(
                        """
                        INSERT INTO webhook_endpoints (id, org_id, url, event_types, created_at)
                        VALUES (\(id), 'o', 'https://x.example/', \(json: "[]"), \(now))
                        """)
                    try connection.execute(
                        """
                        INSERT INTO webhook_deliveries (message_id, endpoint_id, status, attempts, due_at, created_at)
                        VALUES ('m', \(id), 'pending', 0, \(now), \(now))
                        """)
                }
            }
            let table = DispatchTable(database: fixture.database, configuration: WebhookConfiguration())
            var (found, after, looks): (Set<String>, String?, Int) = ([], "", 0)
            while let from = after {
                let look = try await table.look(after: from)
                found.formUnion(look.endpoints.map(\.id))
                after = look.last
                looks += 1
            }
            #expect(found.count == 2_300 && looks == 3)
        }
    }

    @Test(
        "claims nothing of an endpoint that was disabled, or asked for rest, since it was looked at",
        arguments: TestStore.allCases)
    func notReady(_ store: TestStore) async throws {
        try await WebhookFixture.with(store) { fixture in
            let endpoints = try fixture.endpoints(fixture.client("127.0.0.1:9"))
            let registered = try await endpoints.register(
                url: "http://127.0.0.1:9/hooks", eventTypes: [], organisation: WebhookFixture.organisation)
            let id = registered.endpoint.id
            let now = fixture.seams.now()
            let outbox = try fixture.outbox()
            try await fixture.database.transaction { connection in
                _ = try outbox.enqueue("a.b", data: [:], organisation: WebhookFixture.organisation, in: connection)
            }
            let table = DispatchTable(database: fixture.database, configuration: WebhookConfiguration())
            let allotment = SlotTable.Allotment(endpointID: id, isFailing: false, count: 4)
            let later = now.advanced(by: .seconds(60))
            let obstacles: [SQL] = ["disabled_at = \(now), disabled_reason = 'gone'", "paused_until = \(later)"]
            for obstacle in obstacles {
                try await fixture.database.write { try $0.execute("UPDATE webhook_endpoints SET \(obstacle)") }
                #expect(try await table.claim([allotment], at: now).isEmpty)
                #expect(try await fixture.count("webhook_deliveries", "attempts = 0 AND claim IS NULL") == 1)
                try await fixture.database.write {
                    try $0.execute("UPDATE webhook_endpoints SET disabled_at = NULL, disabled_reason = NULL, paused_until = NULL")
                }
            }
            #expect(try await table.claim([allotment], at: later).count == 1)
            #expect(try await fixture.count("webhook_deliveries", "attempts = 1") == 1)
        }
    }

    @Test("shows how many deliveries wait")
    func depth() async throws {
        try await WebhookFixture.with(.sqlite) { fixture in
            try await Receiver.with({ _, _ in .answer(500) }) { receiver in
                try await fixture.withDispatcher(to: [receiver]) { running in
                    for _ in 0..<3 { try await running.send() }
                    try await fixture.steps.wait(for: .recorded, 3)
                    running.advance(by: .seconds(15))
                    try await fixture.steps.wait(for: .recorded, 4)
                    #expect(fixture.metric("gatehouse_webhook_outbox_depth") == "3.0")
                }
            }
        }
    }
}
