import DatabaseTestSupport
import Persistence
import TestKit
import Testing

@testable import Webhooks

@Suite("Answers of receivers")
struct AnswerTests {
    @Test("410 disables an endpoint and cancels what waits for it", arguments: TestStore.allCases)
    func gone(_ store: TestStore) async throws {
        try await WebhookFixture.with(store) { fixture in
            try await Receiver.with({ number, _ in .answer(number == 1 ? 500 : 410) }) { receiver in
                try await fixture.withDispatcher(to: [receiver]) { running in
                    try await running.send()
                    try await fixture.steps.wait(for: .recorded, 1)
                    try await running.send()
                    try await fixture.steps.wait(for: .recorded, 2)
                    let endpoint = try await running.endpoint()
                    #expect(endpoint.disabledReason == .gone && endpoint.disabledAt == fixture.now)
                    let deliveries = try await running.deliveries()
                    #expect(deliveries.map(\.status) == [.failed, .cancelled])
                    #expect(deliveries.map(\.lastStatus) == [410, 500])
                    #expect(fixture.metric(#"gatehouse_webhook_deliveries_total{outcome="gone"}"#) == "1.0")
                    // Nobody wants messages now.
                    try await running.send()
                    #expect(try await running.deliveries().count == 2)

                    _ = try await running.endpoints.enable(endpoint.id, of: WebhookFixture.organisation)
                    #expect(try await running.endpoint().disabledAt == nil)
                    try await running.send()
                    try await fixture.steps.wait(for: .recorded, 3)
                    #expect(receiver.messages.count == 3)
                }
            }
        }
    }

    @Test(
        "429, 502 and 504 let the whole endpoint rest for as long as it asks, within bounds",
        arguments: [
            (429, "Retry-After: 7200\r\n", 3_600), (429, "Retry-After: 120\r\n", 120), (429, "Retry-After: 0\r\n", 5),
            (429, "Retry-After: 99999999999999999999\r\n", 3_600), (429, "Retry-After: -5\r\n", 60),
            (502, "", 60), (504, "Retry-After: Fri, 20 Nov 2026 13:00:00 GMT\r\n", 60),
        ])
    func throttled(_ status: Int, _ fields: String, _ seconds: Int) async throws {
        try await WebhookFixture.with(.sqlite) { fixture in
            try await Receiver.with({ number, _ in .answer(number == 1 ? status : 204, fields: number == 1 ? fields : "") }) {
                receiver in
                try await fixture.withDispatcher(to: [receiver]) { running in
                    try await running.send()
                    try await fixture.steps.wait(for: .recorded, 1)
                    #expect(fixture.metric(#"gatehouse_webhook_deliveries_total{outcome="throttled"}"#) == "1.0")
                    let delivery = try #require(try await running.deliveries().first)
                    #expect(delivery.dueAt == fixture.now.advanced(by: .seconds(seconds)))
                    guard seconds > 5 else { return }
                    // Another message does not go there either.
                    try await running.send()
                    let look = try await running.dispatcher.table.look(after: "")
                    #expect(look.endpoints.map(\.dueAt) == [fixture.now.advanced(by: .seconds(seconds))])
                    running.advance(by: .seconds(seconds))
                    try await fixture.steps.wait(for: .recorded, 3)
                    #expect(receiver.messages.count == 3)
                    #expect(try await running.deliveries().map(\.status) == [.delivered, .delivered])
                }
            }
        }
    }

    @Test("a redirection is a failure, and nobody follows it")
    func redirected() async throws {
        try await WebhookFixture.with(.sqlite) { fixture in
            try await Receiver.with { hidden in
                let target = hidden.url
                let places = [target, "http://169.254.169.254/latest/meta-data/", "/elsewhere"]
                try await Receiver.with({ number, _ in
                    .answer([301, 302, 307][number - 1], fields: "Location: \(places[number - 1])\r\n")
                }) { receiver in
                    // The other receiver is a place where messages may go, so that nothing but the rule keeps them away.
                    let client = try fixture.client("127.0.0.1:\(receiver.port),127.0.0.1:\(hidden.port)")
                    try await fixture.withDispatcher(to: [receiver], client: client) { running in
                        try await running.send()
                        try await fixture.steps.wait(for: .recorded, 1)
                        running.advance(by: .seconds(5))
                        try await fixture.steps.wait(for: .recorded, 2)
                        running.advance(by: .seconds(300))
                        try await fixture.steps.wait(for: .recorded, 3)
                        let delivery = try #require(try await running.deliveries().first)
                        #expect(delivery.status == .pending && delivery.lastError == "redirected" && delivery.lastStatus == 307)
                        #expect(receiver.messages.count == 3 && hidden.messages.isEmpty)
                        #expect(receiver.messages.allSatisfy { $0.path == "/hooks" })
                    }
                }
            }
        }
    }

    @Test("an answer without an end counts by its status, and is cut off")
    func flood() async throws {
        try await WebhookFixture.with(.sqlite) { fixture in
            try await Receiver.with({ _, _ in .flood }) { receiver in
                try await fixture.withDispatcher(to: [receiver]) { running in
                    try await running.send()
                    try await fixture.steps.wait(for: .recorded, 1)
                    let delivery = try #require(try await running.deliveries().first)
                    #expect(delivery.status == .delivered && delivery.lastStatus == 200)
                }
            }
        }
    }

    @Test("a connection that is reset is a failure, and so is a place that is not allowed any more")
    func broken() async throws {
        try await WebhookFixture.with(.sqlite) { fixture in
            try await Receiver.with({ _, _ in .reset }) { receiver in
                try await fixture.withDispatcher(to: [receiver]) { running in
                    try await running.send()
                    try await fixture.steps.wait(for: .recorded, 1)
                    let delivery = try #require(try await running.deliveries().first)
                    #expect(delivery.status == .pending && delivery.lastError == "connectionLost" && delivery.lastStatus == nil)

                    let port = try FreePort.find()
                    try await fixture.run("UPDATE webhook_endpoints SET url = \("http://127.0.0.1:\(port)/")")
                    running.advance(by: .seconds(5))
                    try await fixture.steps.wait(for: .recorded, 2)
                    // The port is not on the list.
                    #expect(try await running.deliveries().first?.lastError == "refusedPort")
                    #expect(fixture.metric(#"gatehouse_webhook_deliveries_total{outcome="refused"}"#) == "1.0")
                }
            }
        }
    }

    @Test("a slow receiver holds nobody else, and is given up in time")
    func slow() async throws {
        try await WebhookFixture.with(.sqlite) { fixture in
            try await Receiver.with({ _, _ in .hold }) { slow in
                try await Receiver.with { quick in
                    var configuration = WebhookConfiguration()
                    configuration.attemptTimeout = .seconds(2)
                    try await fixture.withDispatcher(to: [slow, quick], configuration: configuration) { running in
                        for number in 1...20 {
                            try await running.send()
                            try await quick.wait(for: number)
                        }
                        try await fixture.steps.wait(for: .recorded, 24)
                        let delivery = try #require(try await running.deliveries(0).last)
                        #expect(delivery.lastError == "timedOut" && delivery.status == .pending)
                        #expect(try await running.deliveries(1).allSatisfy { $0.status == .delivered })
                    }
                }
            }
        }
    }

    @Test("no more attempts run at once than allowed, to one endpoint and in all", arguments: [(3, 100), (100, 5)])
    func bounds(_ each: Int, _ all: Int) async throws {
        try await WebhookFixture.with(.sqlite) { fixture in
            try await Receiver.with({ _, _ in .hold }) { receiver in
                var configuration = WebhookConfiguration()
                configuration.endpointConcurrencyLimit = each
                configuration.concurrencyLimit = all
                try await fixture.withDispatcher(to: [receiver], configuration: configuration) { running in
                    for _ in 0..<12 { try await running.send() }
                    var answered = 0
                    while answered < 12 {
                        let wanted = min(12, answered + min(each, all))
                        try await receiver.wait(for: wanted)
                        // Everything has been claimed that may be; the dispatcher looks once more before the answers.
                        running.outbox.wake()
                        receiver.release()
                        answered = wanted
                        try await fixture.steps.wait(for: .recorded, answered)
                    }
                    #expect(receiver.mostHeld == min(each, all))
                    #expect(receiver.messages.count == 12)
                }
            }
        }
    }

    @Test("an endpoint where nothing arrived for five days is disabled, and not a moment before", arguments: TestStore.allCases)
    func failing(_ store: TestStore) async throws {
        try await WebhookFixture.with(store) { fixture in
            try await Receiver.with({ number, _ in .answer(number == 2 ? 200 : 503) }) { receiver in
                try await fixture.withDispatcher(to: [receiver]) { running in
                    try await running.send()
                    try await fixture.steps.wait(for: .recorded, 1)
                    running.advance(by: .seconds(4 * 86_400))
                    try await fixture.steps.wait(for: .recorded, 2)
                    #expect(try await running.endpoint().failingSince == nil)
                    // One success in between begins the count anew.
                    try await running.send()
                    try await fixture.steps.wait(for: .recorded, 3)
                    running.advance(by: .seconds(5 * 86_400 - 1))
                    try await fixture.steps.wait(for: .recorded, 4)
                    #expect(try await running.endpoint().disabledAt == nil)
                    running.advance(by: .seconds(1))
                    try await running.send()
                    try await fixture.steps.wait(for: .recorded, 5)
                    let endpoint = try await running.endpoint()
                    #expect(endpoint.disabledReason == .failing && endpoint.disabledAt == fixture.now)
                    #expect(try await running.deliveries().map(\.status) == [.cancelled, .cancelled, .delivered])
                }
            }
        }
    }
}
