import DatabaseTestSupport
import Identity
import Logging
import Outbound
import Persistence
import StandardWebhooks
import StrictJSON
import Testing
import Webhooks

@Suite("README")
struct ReadmeTests {
    @Test("shows what works", arguments: TestStore.allCases)
    func example(_ store: TestStore) async throws {
        try await WebhookFixture.with(store) { fixture in
            try await Receiver.with { receiver in
                let (database, keyring, logger) = (fixture.database, fixture.keyring, fixture.logger)
                let (url, listed) = (receiver.url, "127.0.0.1:\(receiver.port)")

                let configuration = WebhookConfiguration()
                let client = try OutboundClient(
                    policy: AddressPolicy(allowsPlainHTTP: true, allowed: try AllowedDestination.list(parsing: listed)),
                    configuration: configuration.outbound, logger: logger)
                let outbox = try WebhookOutbox(configuration: configuration)
                let dispatcher = try WebhookDispatcher(
                    database: database, outbox: outbox, client: client, keyring: keyring, configuration: configuration,
                    logger: logger)
                let running = Task { await dispatcher.run() }

                let endpoints = try WebhookEndpoints(
                    database: database, client: client, keyring: keyring, configuration: configuration)
                let registered = try await endpoints.register(
                    url: url, eventTypes: ["approval.required"], organisation: .default)

                try await database.transaction(retries: 3) { connection in
                    _ = try outbox.enqueue(
                        "approval.required", data: ["approval_id": "7"], organisation: .default, in: connection)
                }
                outbox.wake()

                try await receiver.wait(for: 1)
                let message = receiver.messages[0]
                let verifier = try WebhookVerifier(secrets: [registered.secret])
                try verifier.verify(message.body, message.headers, at: Timestamp.now().microseconds / 1_000_000)
                running.cancel()
                await running.value
                client.close()
            }
        }
    }
}
