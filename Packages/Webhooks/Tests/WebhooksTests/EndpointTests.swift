import Cryptography
import DatabaseTestSupport
import Identity
import Outbound
import Persistence
import StandardWebhooks
import StrictJSON
import TestKit
import Testing

@testable import Webhooks

@Suite("Endpoints")
struct EndpointTests {
    private static let other = OrganisationID(unchecked: "other")

    private func with(
        _ store: TestStore, configuration: WebhookConfiguration = WebhookConfiguration(),
        _ body: (WebhookFixture, WebhookEndpoints) async throws -> Void
    ) async throws {
        try await WebhookFixture.with(store) { fixture in
            try await body(fixture, fixture.endpoints(fixture.client("127.0.0.1:9"), configuration: configuration))
        }
    }

    private func register(_ endpoints: WebhookEndpoints, _ events: [String] = []) async throws -> WebhookEndpoints.Registered {
        try await endpoints.register(
            url: "http://127.0.0.1:9/hooks", eventTypes: events, organisation: WebhookFixture.organisation)
    }

    @Test("lists what was registered, and belongs to one organisation", arguments: TestStore.allCases)
    func lists(_ store: TestStore) async throws {
        try await self.with(store) { fixture, endpoints in
            let first = try await self.register(endpoints, ["approval.required", "approval.decided"])
            fixture.clock.advance(by: .seconds(1))
            let second = try await self.register(endpoints)
            #expect(try await endpoints.all(of: WebhookFixture.organisation) == [first.endpoint, second.endpoint])
            #expect(try await endpoints.all(of: Self.other) == [])
            let id = first.endpoint.id
            let errors = [
                await #expect(throws: WebhooksError.self) { try await endpoints.delete(id, of: Self.other) },
                await #expect(throws: WebhooksError.self) {
                    _ = try await endpoints.rotate(id, of: Self.other, overlap: .zero)
                },
                await #expect(throws: WebhooksError.self) { _ = try await endpoints.enable(id, of: Self.other) },
                await #expect(throws: WebhooksError.self) { _ = try await endpoints.deliveries(to: id, of: Self.other) },
                await #expect(throws: WebhooksError.self) {
                    try await endpoints.delete("a\u{0}", of: WebhookFixture.organisation)
                },
            ]
            #expect(errors.allSatisfy { $0?.code == .unknownEndpoint })
            try await endpoints.delete(id, of: WebhookFixture.organisation)
            #expect(try await endpoints.all(of: WebhookFixture.organisation) == [second.endpoint])
            #expect(try await fixture.count("webhook_secrets") == 1)
        }
    }

    @Test("takes only events that there are, where they are named", arguments: [TestStore.sqlite])
    func knownEvents(_ store: TestStore) async throws {
        var configuration = WebhookConfiguration()
        configuration.eventTypes = ["order.paid", "order.made"]
        try await self.with(store, configuration: configuration) { fixture, endpoints in
            let error = await #expect(throws: WebhooksError.self) {
                try await self.register(endpoints, ["order.paid", "order.lost"])
            }
            #expect(error?.code == .invalidEventType)
            #expect(error?.message == "there is no such event; there are order.made, order.paid")
            #expect(try await self.register(endpoints, ["order.paid"]).endpoint.eventTypes == ["order.paid"])
            #expect(try await self.register(endpoints).endpoint.eventTypes == [])
            let count = try await fixture.count("webhook_endpoints")
            #expect(count == 2)
        }
    }

    private func refusal(by endpoints: WebhookEndpoints) async -> WebhooksError.Code? {
        do {
            _ = try await self.register(endpoints)
            return nil
        } catch {
            return (error as? WebhooksError)?.code ?? .invalidPage
        }
    }

    @Test("takes no more endpoints than an organisation may have, also at once", arguments: TestStore.allCases)
    func limit(_ store: TestStore) async throws {
        var configuration = WebhookConfiguration()
        configuration.endpointsPerOrganisation = 3
        try await self.with(store, configuration: configuration) { fixture, endpoints in
            let outcomes: [WebhooksError.Code?] = await withTaskGroup(of: WebhooksError.Code?.self) { group in
                for _ in 0..<10 {
                    group.addTask { await self.refusal(by: endpoints) }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(outcomes.count { $0 == nil } == 3)
            #expect(outcomes.count { $0 == .tooManyEndpoints } == 7)
            let count = try await fixture.count("webhook_endpoints")
            #expect(count == 3)
        }
    }

    @Test("refuses more secrets at once than receivers expect, and overlaps without measure", arguments: TestStore.allCases)
    func rotations(_ store: TestStore) async throws {
        try await self.with(store) { fixture, endpoints in
            let id = try await self.register(endpoints).endpoint.id
            func rotate(_ overlap: Duration) async throws {
                _ = try await endpoints.rotate(id, of: WebhookFixture.organisation, overlap: overlap)
            }
            for overlap: Duration in [.seconds(-1), .seconds(30 * 86_400 + 1)] {
                let error = await #expect(throws: WebhooksError.self) { try await rotate(overlap) }
                #expect(error?.code == .invalidOverlap)
            }
            for _ in 0..<4 { try await rotate(.seconds(3_600)) }
            let error = await #expect(throws: WebhooksError.self) { try await rotate(.seconds(3_600)) }
            #expect(error?.code == .tooManySecrets)
            #expect(try await fixture.count("webhook_secrets", "ends_at IS NULL") == 1)
            fixture.clock.advance(by: .seconds(3_600))
            try await rotate(.seconds(60))
            #expect(try await fixture.count("webhook_secrets") == 2)
        }
    }

    @Test("keeps no secret in the clear, and seals anew when the server's own changes", arguments: TestStore.allCases)
    func sealing(_ store: TestStore) async throws {
        try await self.with(store) { fixture, endpoints in
            let registered = try await self.register(endpoints)
            #expect("\(registered)".contains("whsec_…") && !"\(registered)".contains(registered.secret.text))
            func sealed() async throws -> [UInt8] {
                let row = try #require(try await fixture.database.queryOne("SELECT sealed FROM webhook_secrets"))
                return try row.decode("sealed")
            }
            let before = try await sealed()
            let raw = Array(registered.secret.text.utf8.dropFirst(6))
            #expect(!before.indices.contains { before[$0...].starts(with: raw) })

            let ring = SecretKeyring(current: try ServerSecret.random(), older: [fixture.keyring.current])
            #expect(ring.isSealedWithOlderSecret(before))
            let sweep = Sweep(
                database: fixture.database, configuration: WebhookConfiguration(), secrets: SecretTable(keyring: ring))
            try await sweep.run(at: fixture.now)
            let after = try await sealed()
            #expect(after != before && !ring.isSealedWithOlderSecret(after))
            let table = SecretTable(keyring: SecretKeyring(current: ring.current))
            let opened = try table.open(SealedSecret(endpointID: registered.endpoint.id, number: 1, bytes: after))
            #expect(opened == registered.secret)
            // The secret of one endpoint is none of another, nor of another number.
            #expect(throws: WebhooksError.self) { try table.open(SealedSecret(endpointID: "x", number: 1, bytes: after)) }
            #expect(throws: WebhooksError.self) {
                try table.open(SealedSecret(endpointID: registered.endpoint.id, number: 2, bytes: after))
            }
        }
    }

    @Test(
        "masks the values of a query, and what has no name",
        arguments: [
            ("https://h.example/x", "https://h.example/x"), ("https://h.example/x?", "https://h.example/x?"),
            ("https://h.example/x?a=b", "https://h.example/x?a=***"), ("https://h.example/?abc", "https://h.example/?***"),
            ("https://h.example/?a=b=c&&d=&e", "https://h.example/?a=***&&d=***&***"),
            ("https://h.example/?a=b?c=d", "https://h.example/?a=***"),
        ])
    func masks(_ url: String, _ masked: String) {
        #expect(MaskedURL.text(of: url) == masked)
        #expect(MaskedURL.text(of: masked) == masked)
    }

    @Test("seals URLs with a query: old ones too, anew when the server's secret changes", arguments: TestStore.allCases)
    func sealedURLs(_ store: TestStore) async throws {
        try await self.with(store) { fixture, endpoints in
            let url = "http://127.0.0.1:9/hooks?token=canary&team=7"
            let new = try await endpoints.register(url: url, eventTypes: [], organisation: WebhookFixture.organisation)
            let plain = try await self.register(endpoints)
            let old = try await self.register(endpoints)
            // As an older version has written it.
            try await fixture.run("UPDATE webhook_endpoints SET url = \(url) WHERE id = \(old.endpoint.id)")
            func stored(_ id: String) async throws -> StoredAddress {
                let row = try await fixture.database.queryOne(
                    "SELECT \(StoredAddress.columns) FROM webhook_endpoints WHERE id = \(id)")
                return try StoredAddress(try #require(row), of: id)
            }
            let table = AddressTable(keyring: fixture.keyring)
            for id in [new.endpoint.id, old.endpoint.id] { #expect(try table.open(try await stored(id)) == url) }
            let shown = try await endpoints.all(of: WebhookFixture.organisation).map(\.url)
            #expect(shown.sorted() == ["http://127.0.0.1:9/hooks"] + Array(repeating: MaskedURL.text(of: url), count: 2))

            let ring = SecretKeyring(current: try ServerSecret.random(), older: [fixture.keyring.current])
            try await Sweep(
                database: fixture.database, configuration: WebhookConfiguration(), secrets: SecretTable(keyring: ring)
            ).run(at: fixture.now)
            let alone = AddressTable(keyring: SecretKeyring(current: ring.current))
            for id in [new.endpoint.id, old.endpoint.id] {
                let address = try await stored(id)
                #expect(address.sealed != nil && !address.shown.contains("canary"))
                #expect(try alone.open(address) == url)
                // Nobody's URL but its own endpoint's.
                let moved = StoredAddress(endpointID: plain.endpoint.id, shown: address.shown, sealed: address.sealed)
                #expect(throws: WebhooksError.self) { try alone.open(moved) }
            }
            #expect(try await stored(plain.endpoint.id).sealed == nil)
        }
    }

    @Test("pages through deliveries, with cursors that fit one list only", arguments: TestStore.allCases)
    func pages(_ store: TestStore) async throws {
        try await self.with(store) { fixture, endpoints in
            let id = try await self.register(endpoints).endpoint.id
            let other = try await self.register(endpoints, ["never"]).endpoint.id
            let outbox = try fixture.outbox()
            for _ in 0..<7 { try await fixture.enqueue(in: outbox) }
            var found: [String] = []
            var cursor: String?
            var first: String?
            repeat {
                let page = try await endpoints.deliveries(to: id, of: WebhookFixture.organisation, limit: 3, after: cursor)
                found += page.deliveries.map(\.messageID)
                cursor = page.next
                first = first ?? cursor
            } while cursor != nil
            let all = try await endpoints.deliveries(to: id, of: WebhookFixture.organisation, limit: 200)
            #expect(found.count == 7 && found == all.deliveries.map(\.messageID) && all.next == nil)
            let cursorText = try #require(first)
            #expect(cursorText.utf8.count <= 128)
            var flipped = Array(cursorText.utf8)
            flipped[5] ^= 1
            let texts = ["", "x", String(repeating: "A", count: 200), String(decoding: flipped, as: UTF8.self)]
            for (endpoint, text) in texts.map({ (id, $0) }) + [(other, cursorText)] {
                let error = await #expect(throws: WebhooksError.self, "\(text)") {
                    _ = try await endpoints.deliveries(to: endpoint, of: WebhookFixture.organisation, after: text)
                }
                #expect(error?.code == .invalidPage)
            }
            for limit in [0, -1, 201, Int.max] {
                let error = await #expect(throws: WebhooksError.self) {
                    _ = try await endpoints.deliveries(to: id, of: WebhookFixture.organisation, limit: limit)
                }
                #expect(error?.code == .invalidPage)
            }
        }
    }

    @Test("clears what is old, in small steps, and nothing else", arguments: TestStore.allCases)
    func retention(_ store: TestStore) async throws {
        try await self.with(store) { fixture, endpoints in
            _ = try await self.register(endpoints)
            let outbox = try fixture.outbox()
            let old = Sweep.batch * 2 + 3
            try await fixture.database.transaction { connection in
                for _ in 0..<old {
                    _ = try outbox.enqueue("a", data: [:], organisation: WebhookFixture.organisation, in: connection)
                }
                try connection.execute(
                    """
                    UPDATE webhook_deliveries SET status = 'delivered', due_at = NULL, finished_at = \(WebhookFixture.start)
                    """)
            }
            try await fixture.enqueue(in: outbox)
            let sweep = Sweep(
                database: fixture.database, configuration: WebhookConfiguration(), secrets: SecretTable(keyring: fixture.keyring))
            fixture.clock.advance(by: .seconds(30 * 86_400))
            try await sweep.run(at: fixture.now)
            #expect(try await fixture.count("webhook_deliveries") == old + 1)
            fixture.clock.advance(by: .seconds(1))
            try await sweep.run(at: fixture.now)
            #expect(try await fixture.count("webhook_deliveries", "status = 'pending'") == 1)
            #expect(try await fixture.count("webhook_deliveries") == 1)
            #expect(try await fixture.count("webhook_messages") == 1)
        }
    }

    @Test("refuses settings out of their ranges, by name")
    func settings() throws {
        let changes: [(String, (inout WebhookConfiguration) -> Void)] = [
            ("endpointsPerOrganisation", { $0.endpointsPerOrganisation = 0 }), ("backlogLimit", { $0.backlogLimit = -1 }),
            ("schedule", { $0.schedule = RetrySchedule(pauses: []) }),
            ("schedule", { $0.schedule = RetrySchedule(pauses: [.seconds(-1)]) }),
            ("attemptTimeout", { $0.attemptTimeout = .zero }), ("claimTime", { $0.claimTime = .seconds(59) }),
            ("retention", { $0.retention = .seconds(-1) }), ("pollPause", { $0.pollPause = .zero }),
            ("concurrencyLimit", { $0.concurrencyLimit = 0 }),
        ]
        try WebhookConfiguration().validate()
        for (name, change) in changes {
            var configuration = WebhookConfiguration()
            change(&configuration)
            let error = #expect(throws: WebhooksError.self) { try configuration.validate() }
            #expect(error?.code == .invalidConfiguration && error?.message.contains(name) == true)
        }
    }
}
