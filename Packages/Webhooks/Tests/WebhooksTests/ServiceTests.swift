import Cryptography
import DatabaseTestSupport
import Identity
import Logging
import Outbound
import Persistence
import PrometheusMetrics
import ServiceLifecycle
import StandardWebhooks
import StrictJSON
import Synchronization
import TestKit
import Testing

@testable import Webhooks

@Suite("Dispatcher as a service", .timeLimit(.minutes(2)))
struct ServiceTests {
    @Test("finds what another process enqueued at its next look", arguments: TestStore.allCases)
    func polls(_ store: TestStore) async throws {
        try await WebhookFixture.with(store) { fixture in
            try await Receiver.with { receiver in
                try await fixture.withDispatcher(to: [receiver]) { running in
                    await fixture.clock.waitForSleepers(2)
                    // An outbox of its own, as another process has.
                    try await fixture.enqueue(in: fixture.outbox())
                    #expect(receiver.messages.isEmpty)
                    fixture.clock.advance(by: .seconds(1))
                    try await receiver.wait(for: 1)
                }
            }
        }
    }

    @Test("asks once a second when there is nothing to do", arguments: TestStore.allCases)
    func idle(_ store: TestStore) async throws {
        try await WebhookFixture.with(store) { fixture in
            let database = OutageDatabase(fixture.database)
            try await fixture.withDispatcher(to: [], on: database) { running in
                await fixture.clock.waitForSleepers(2)
                let before = database.calls
                for _ in 0..<60 {
                    await fixture.clock.waitForSleepers(2)
                    fixture.clock.advance(by: .seconds(1))
                }
                await fixture.clock.waitForSleepers(2)
                // Besides, what waits is counted every 15 seconds.
                #expect((60...64).contains(database.calls - before))
            }
        }
    }

    @Test("ends with its group, after the attempts under way")
    func group() async throws {
        try await WebhookFixture.with(.sqlite) { fixture in
            try await Receiver.with({ _, _ in .hold }) { receiver in
                let client = try fixture.client("127.0.0.1:\(receiver.port)")
                let endpoints = try fixture.endpoints(client)
                let registered = try await endpoints.register(
                    url: receiver.url, eventTypes: [], organisation: WebhookFixture.organisation)
                let outbox = try fixture.outbox()
                let dispatcher = try WebhookDispatcher(
                    database: fixture.database, outbox: outbox, client: client, keyring: fixture.keyring,
                    configuration: WebhookConfiguration(), metrics: nil, logger: fixture.logger, seams: fixture.seams)
                let group = ServiceGroup(services: [client, dispatcher], logger: fixture.logger)
                let running = Task { try await group.run() }
                try await fixture.enqueue(in: outbox)
                try await receiver.wait(for: 1)
                await group.triggerGracefulShutdown()
                receiver.release()
                try await running.value
                let page = try await endpoints.deliveries(to: registered.endpoint.id, of: WebhookFixture.organisation)
                #expect(page.deliveries.map(\.status) == [.delivered])
            }
        }
    }

    @Test("lets go of an endpoint that is deleted during an attempt", arguments: TestStore.allCases)
    func deleted(_ store: TestStore) async throws {
        try await WebhookFixture.with(store) { fixture in
            try await Receiver.with({ number, _ in number == 1 ? .hold : .answer(204) }) { receiver in
                try await fixture.withDispatcher(to: [receiver]) { running in
                    try await running.send()
                    try await receiver.wait(for: 1)
                    try await running.endpoints.delete(
                        running.registered[0].endpoint.id, of: WebhookFixture.organisation)
                    receiver.release()
                    try await fixture.steps.wait(for: .recorded, 1)
                    #expect(try await fixture.count("webhook_deliveries") == 0)
                    _ = try await running.endpoints.register(
                        url: receiver.url, eventTypes: [], organisation: WebhookFixture.organisation)
                    try await running.send()
                    try await fixture.steps.wait(for: .recorded, 2)
                    #expect(try await fixture.count("webhook_deliveries", "status = 'delivered'") == 1)
                }
            }
        }
    }

    @Test("counts no attempt that its own client refuses")
    func refusedByClient() async throws {
        try await WebhookFixture.with(.sqlite) { fixture in
            try await Receiver.with { receiver in
                let client = try fixture.client("127.0.0.1:\(receiver.port)")
                try await fixture.withDispatcher(to: [receiver], client: client) { running in
                    client.close()
                    try await running.send()
                    try await fixture.steps.wait(for: .recorded, 1)
                    let delivery = try #require(try await running.deliveries().first)
                    #expect(delivery.status == .pending && delivery.attempts == 0 && delivery.lastError == nil)
                    #expect(delivery.dueAt == fixture.now.advanced(by: .seconds(2)))
                    #expect(try await running.endpoint().failingSince == nil && receiver.messages.isEmpty)
                }
            }
        }
    }

    @Test("sends nothing that it cannot sign, nor to what is no URL")
    func unsendable() async throws {
        try await WebhookFixture.with(.sqlite) { fixture in
            try await Receiver.with { receiver in
                try await fixture.withDispatcher(to: [receiver]) { running in
                    let changes: [(SQL, String)] = [
                        ("UPDATE webhook_secrets SET sealed = \([UInt8](repeating: 1, count: 60))", "unreadableSecret"),
                        ("DELETE FROM webhook_secrets", "unsigned"),
                        ("UPDATE webhook_endpoints SET url = 'file:///etc/hosts'", "unsigned"),
                    ]
                    for (index, change) in changes.enumerated() {
                        try await fixture.run(change.0)
                        try await running.send()
                        try await fixture.steps.wait(for: .recorded, index + 1)
                        #expect(try await running.deliveries().first?.lastError == change.1)
                    }
                    let secret = SecretTable(keyring: fixture.keyring)
                    let id = running.registered[0].endpoint.id
                    try await fixture.database.transaction { connection in
                        try secret.insert(.random(), number: 9, of: id, at: fixture.now, in: connection)
                    }
                    try await running.send()
                    try await fixture.steps.wait(for: .recorded, 4)
                    #expect(try await running.deliveries().first?.lastError == "refusedScheme")
                    #expect(receiver.messages.isEmpty)
                }
            }
        }
    }

    @Test("writes no path, query, secret, signature or data into the log or the metrics", arguments: TestStore.allCases)
    func logs(_ store: TestStore) async throws {
        try await WebhookFixture.with(store) { fixture in
            try await Receiver.with({ number, _ in .answer([204, 500, 429, 302, 410][min(number, 5) - 1]) }) { receiver in
                let lines = Mutex<[String]>([])
                let logger = Logger(label: "test") { _ in CollectingHandler { line in lines.withLock { $0.append(line) } } }
                let client = try fixture.client("127.0.0.1:\(receiver.port)")
                let endpoints = try fixture.endpoints(client)
                let registered = try await endpoints.register(
                    url: "\(receiver.url)/canary-path?key=canary-query", eventTypes: [], organisation: WebhookFixture.organisation
                )
                let outbox = try fixture.outbox()
                let dispatcher = try WebhookDispatcher(
                    database: fixture.database, outbox: outbox, client: client, keyring: fixture.keyring,
                    configuration: WebhookConfiguration(), metrics: fixture.metrics, logger: logger, seams: fixture.seams)
                let running = Task { await dispatcher.run() }
                for number in 1...5 {
                    try await fixture.enqueue(data: ["note": "canary-data"], in: outbox)
                    try await fixture.steps.wait(for: .recorded, number)
                    fixture.clock.advance(by: .seconds(4))
                    // A receiver that asked for a rest gets it, but not here.
                    try await fixture.run("UPDATE webhook_endpoints SET paused_until = NULL")
                }
                dispatcher.stop()
                await running.value
                client.close()
                let told = lines.withLock { $0 } + [String(decoding: fixture.registry.render(), as: UTF8.self)]
                #expect(told.contains { $0.contains("webhook endpoint disabled") && $0.contains(registered.endpoint.id) })
                // The receiver gets the whole, as it was registered.
                #expect(receiver.messages.allSatisfy { $0.path == "/hooks/canary-path?key=canary-query" })
                let signatures = receiver.messages.map { String($0.headers.signature.dropFirst(3)) }
                for secret in ["canary", registered.secret.text.dropFirst(6).description] + signatures {
                    #expect(!told.contains { $0.contains(secret) })
                }
            }
        }
    }
}

/// Hands every line on, metadata included.
private struct CollectingHandler: LogHandler {
    let collect: @Sendable (String) -> Void
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.trace

    init(_ collect: @escaping @Sendable (String) -> Void) {
        self.collect = collect
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { self.metadata[key] }
        set { self.metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        self.collect("\(event.level) \(event.message) \(event.metadata ?? [:])")
    }
}
