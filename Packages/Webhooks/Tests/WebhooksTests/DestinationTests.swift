import DatabaseTestSupport
import Outbound
import Persistence
import TestKit
import Testing

@testable import Webhooks

@Suite("Destinations")
struct DestinationTests {
    /// reference/gateway.md §4, "Webhook SSRF", and neighbours of it.
    static let hostile = [
        "http://127.0.0.1", "https://127.0.0.1/", "http://2130706433", "https://2130706433/", "https://0x7f.1/",
        "https://0177.0.0.1/",
        "https://127.1/", "https://[::1]/", "https://[::ffff:127.0.0.1]/", "https://[::ffff:7f00:1]/", "https://[2002:7f00:1::]/",
        "https://[2001:0:7f00:1::]/", "https://[2001::]/", "https://[64:ff9b::7f00:1]/", "https://[64:ff9b:1::1]/",
        "https://0.0.0.0/",
        "https://100.64.0.1/", "https://169.254.169.254/latest", "https://169.254.170.2/", "https://localhost/",
        "https://localhost./",
        "https://x.localhost/", "https://10.0.0.1/", "https://172.16.0.1/", "https://192.168.1.1/", "https://[fe80::1]/",
        "https://[fe80::1%25eth0]/", "https://[fc00::1]/", "https://[::]/", "https://224.0.0.1/", "https://255.255.255.255/",
        "http://u@evil@127.0.0.1", "https://user:pass@hooks.example/", "http://ok#@127.0.0.1", "https://hooks.example/#x",
        "https://hooks.example\\@127.0.0.1/", "https://127.0.0.1%2f@hooks.example/", "https://hooks.example:22/",
        "https://hooks.example:6379/", "https://hooks.example:0/", "https://hooks.example:65536/", "http://hooks.example/",
        "gopher://hooks.example/", "file:///etc/hosts", "ftp://hooks.example/", "javascript:alert(1)", "//hooks.example/",
        "hooks.example",
        "", " https://hooks.example/", "https://hooks.example/\r\nX: y", "https://h\u{FF0E}example/", "https:///x", "https://",
        "https://\u{2460}27.0.0.1/", "https://hooks.example/\u{0}",
    ]

    @Test("refuses each hostile URL at registration, with a reason, and keeps nothing", arguments: TestStore.allCases)
    func registration(_ store: TestStore) async throws {
        try await WebhookFixture.with(store) { fixture in
            let client = try OutboundClient(
                policy: AddressPolicy(), resolver: ScriptedResolver(["93.184.215.14"]), logger: fixture.logger)
            let endpoints = try fixture.endpoints(client)
            for url in Self.hostile {
                let error = await #expect(throws: WebhooksError.self, "\(url)") {
                    _ = try await endpoints.register(url: url, eventTypes: [], organisation: WebhookFixture.organisation)
                }
                #expect(error?.code == .refusedURL && error?.message.isEmpty == false, "\(url)")
            }
            #expect(try await fixture.count("webhook_endpoints") == 0)
            #expect(try await fixture.count("webhook_secrets") == 0)
            _ = try await endpoints.register(
                url: "https://hooks.example/x?team=7", eventTypes: [], organisation: WebhookFixture.organisation)
        }
    }

    @Test(
        "refuses a name for one address that is not public, at registration and when it is enabled",
        arguments: [
            ["93.184.215.14", "10.0.0.1"], ["127.0.0.1"], ["93.184.215.14", "::1"], ["169.254.169.254"], ["64:ff9b::7f00:1"],
            ["::ffff:10.0.0.1"], [],
        ])
    func names(_ addresses: [String]) async throws {
        try await WebhookFixture.with(.sqlite) { fixture in
            let resolver = ScriptedResolver(addresses, ["93.184.215.14"], addresses)
            let client = try OutboundClient(policy: AddressPolicy(), resolver: resolver, logger: fixture.logger)
            let endpoints = try fixture.endpoints(client)
            func register() async throws -> WebhookEndpoint {
                try await endpoints.register(
                    url: "https://hooks.example/", eventTypes: [], organisation: WebhookFixture.organisation
                ).endpoint
            }
            let refusal = await #expect(throws: WebhooksError.self) { _ = try await register() }
            #expect(refusal?.code == .refusedURL)
            let endpoint = try await register()
            let error = await #expect(throws: WebhooksError.self) {
                _ = try await endpoints.enable(endpoint.id, of: WebhookFixture.organisation)
            }
            #expect(error?.code == .refusedURL)
        }
    }

    @Test(
        "refuses at sending what a name has come to mean since registration",
        arguments: [["127.0.0.2"], ["10.0.0.1"], ["127.0.0.1", "169.254.169.254"], ["::1"], []])
    func rebinding(_ later: [String]) async throws {
        try await WebhookFixture.with(.sqlite) { fixture in
            try await Receiver.with { receiver in
                let client = try fixture.client(
                    "127.0.0.1:\(receiver.port)", resolver: ScriptedResolver(["127.0.0.1"], later, ["127.0.0.1"]))
                try await fixture.withDispatcher(to: [], client: client) { running in
                    let registered = try await running.endpoints.register(
                        url: "http://hooks.example:\(receiver.port)/hooks", eventTypes: [],
                        organisation: WebhookFixture.organisation)
                    try await running.send()
                    try await fixture.steps.wait(for: .recorded, 1)
                    #expect(receiver.messages.isEmpty)
                    func delivery() async throws -> WebhookDelivery? {
                        try await running.endpoints.deliveries(to: registered.endpoint.id, of: WebhookFixture.organisation)
                            .deliveries.first
                    }
                    #expect(try await delivery()?.lastError == (later.isEmpty ? "unresolvable" : "refusedAddress"))
                    let counted = later.isEmpty ? "failed" : "refused"
                    #expect(fixture.metric("gatehouse_webhook_deliveries_total{outcome=\"\(counted)\"}") == "1.0")
                    running.advance(by: .seconds(5))
                    try await fixture.steps.wait(for: .recorded, 2)
                    #expect(try await delivery()?.status == .delivered && receiver.messages.count == 1)
                }
            }
        }
    }
}
