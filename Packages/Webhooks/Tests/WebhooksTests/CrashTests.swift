import DatabaseTestSupport
import Foundation
import Persistence
import TestKit
import Testing

@testable import Webhooks

@Suite("Crash")
struct CrashTests {
    /// The program beside the tests.
    private static let probe: String = {
        #if os(macOS)
            let bundle = Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") } ?? .main
            let folder = bundle.bundleURL.deletingLastPathComponent()
        #else
            let folder = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        #endif
        return folder.appending(path: "WebhooksProbe").path(percentEncoded: false)
    }()

    private func withProbe<Value>(
        _ fixture: WebhookFixture, _ receiver: Receiver, _ settings: [String: String] = [:],
        _ body: (ChildProcess) async throws -> Value
    ) async throws -> Value {
        let environment = [
            "PROBE_URL": "\(fixture.url)", "PROBE_SECRET": WebhookFixture.secretText,
            "PROBE_ALLOWED": "127.0.0.1:\(receiver.port)", "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin",
        ].merging(settings) { $1 }
        return try await withChildProcess(Self.probe, environment: environment, grace: .zero) { child in
            _ = try await child.waitForLine { $0 == "ready" }
            return try await body(child)
        }
    }

    /// Brings the clock of the test to that of the system, by which other processes go.
    private func catchUp(_ fixture: WebhookFixture) {
        fixture.clock.advance(by: max(.zero, fixture.now.duration(to: .now())))
    }

    @Test("sends again under the same id after kill -9 before the outcome is kept, and only then", arguments: TestStore.allCases)
    func kill(_ store: TestStore) async throws {
        for (step, counts) in [(DispatchStep.claimed, (0, 1)), (.sent, (1, 2)), (.recorded, (1, 1))] {
            try await WebhookFixture.with(store) { fixture in
                try await Receiver.with { receiver in
                    self.catchUp(fixture)
                    let client = try fixture.client("127.0.0.1:\(receiver.port)")
                    let endpoints = try fixture.endpoints(client)
                    let registered = try await endpoints.register(
                        url: receiver.url, eventTypes: [], organisation: WebhookFixture.organisation)
                    let outbox = try fixture.outbox()
                    try await fixture.enqueue(in: outbox)
                    let settings = ["PROBE_STEP": step.rawValue, "PROBE_HIT": "1"]
                    let end = try await self.withProbe(fixture, receiver, settings) { try await $0.waitForExit() }
                    #expect(end == .signalled(9))
                    #expect(receiver.messages.count == counts.0, "\(step)")

                    // Another server, when the claim has run out.
                    self.catchUp(fixture)
                    let dispatcher = try WebhookDispatcher(
                        database: fixture.database, outbox: outbox, client: client, keyring: fixture.keyring,
                        configuration: WebhookConfiguration(), metrics: nil, logger: fixture.logger, seams: fixture.seams)
                    let task = Task { await dispatcher.run() }
                    await fixture.clock.waitForSleepers(2)
                    #expect(receiver.messages.count == counts.0, "\(step): the claim lasts")
                    fixture.clock.advance(by: .seconds(121))
                    outbox.wake()
                    if step != .recorded { try await fixture.steps.wait(for: .recorded, 1) }
                    dispatcher.stop()
                    await task.value
                    #expect(receiver.messages.count == counts.1, "\(step)")
                    #expect(Set(receiver.messages.map(\.id)).count == 1)
                    let page = try await endpoints.deliveries(to: registered.endpoint.id, of: WebhookFixture.organisation)
                    #expect(page.deliveries.map(\.status) == [.delivered])
                }
            }
        }
    }

    @Test("lets two processes share the work, and each attempt is made once", arguments: TestStore.allCases)
    func twoProcesses(_ store: TestStore) async throws {
        let count = TestRun.count(60, long: 2_000)
        try await WebhookFixture.with(store) { fixture in
            try await Receiver.with { receiver in
                self.catchUp(fixture)
                let endpoints = try fixture.endpoints(try fixture.client("127.0.0.1:\(receiver.port)"))
                _ = try await endpoints.register(url: receiver.url, eventTypes: [], organisation: WebhookFixture.organisation)
                let outbox = try fixture.outbox()
                try await self.withProbe(fixture, receiver) { _ in
                    try await self.withProbe(fixture, receiver) { _ in
                        for _ in 0..<count { try await fixture.enqueue(in: outbox) }
                        try await receiver.wait(for: count)
                        for _ in 0..<1_000 where try await fixture.count("webhook_deliveries", "status = 'pending'") > 0 {
                            try await Task.sleep(for: .milliseconds(10))
                        }
                    }
                }
                #expect(try await fixture.count("webhook_deliveries", "status = 'delivered' AND attempts = 1") == count)
                #expect(receiver.messages.count == count && Set(receiver.messages.map(\.id)).count == count)
            }
        }
    }
}
