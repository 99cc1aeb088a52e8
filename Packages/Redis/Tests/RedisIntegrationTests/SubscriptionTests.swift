import Redis
import RedisTestSupport
import TestKit
import Testing

@Suite("Subscription")
struct SubscriptionTests {
    @Test("gets the messages of its channels in order, and no others")
    func messages() async throws {
        try await withRedisServer { server in
            try await withRedisClient(server.url) { client, _ in
                var events = client.subscribe(to: ["a", "b"]).makeAsyncIterator()
                #expect(await events.next() == .subscribed)
                for (channel, text) in [("a", "1"), ("c", "2"), ("b", "3"), ("a", "4")] {
                    _ = try await client.send(RedisCommand("PUBLISH", channel, text))
                }
                #expect(await events.next() == .message(channel: "a", payload: [0x31]))
                #expect(await events.next() == .message(channel: "b", payload: [0x33]))
                #expect(await events.next() == .message(channel: "a", payload: [0x34]))
            }
        }
    }

    @Test("is there again after the server was killed, and says so")
    func resubscribes() async throws {
        try await withRedisServer { server in
            try await withRedisClient(server.url) { client, _ in
                var events = client.subscribe(to: ["a", "b"]).makeAsyncIterator()
                #expect(await events.next() == .subscribed)
                try await server.restart()
                #expect(await events.next() == .resubscribed)
                try await server.command("PUBLISH", "b", "x")
                #expect(await events.next() == .message(channel: "b", payload: [0x78]))
            }
        }
    }

    @Test("notices a server that hangs, and comes back when it goes on")
    func haltedServer() async throws {
        try await withRedisServer { server in
            let adjust = { (configuration: inout RedisConfiguration) in
                configuration.commandTimeout = .milliseconds(50)
                configuration.silenceTimeout = .milliseconds(50)
                configuration.connectTimeout = .milliseconds(200)
                configuration.subscriptionProbeInterval = .milliseconds(20)
            }
            try await withFaultProxy(port: server.port) { proxy in
                try await withRedisClient("redis://127.0.0.1:\(proxy.port)", adjust: adjust) { client, _ in
                    var events = client.subscribe(to: ["a"]).makeAsyncIterator()
                    #expect(await events.next() == .subscribed)
                    try await waitUntil { client.isConnected }
                    let before = proxy.acceptedCount
                    server.suspend()
                    // Nothing is sent on the other connection, so only this one can be given up.
                    try await waitUntil { proxy.acceptedCount > before }
                    server.resume()
                    #expect(await events.next() == .resubscribed)
                }
            }
        }
    }

    @Test("leaves its channels when it is cancelled or let go, and leaves the others alone")
    func leaves() async throws {
        try await withRedisServer { server in
            try await withRedisClient(server.url) { client, _ in
                var kept = client.subscribe(to: ["a"]).makeAsyncIterator()
                #expect(await kept.next() == .subscribed)
                do {
                    let cancelled = client.subscribe(to: ["a", "b"])
                    var events = cancelled.makeAsyncIterator()
                    #expect(await events.next() == .subscribed)
                    cancelled.cancel()
                    #expect(await events.next() == nil)
                    var dropped = client.subscribe(to: ["c"]).makeAsyncIterator()
                    #expect(await dropped.next() == .subscribed)
                }
                try await waitUntil { try await server.command("PUBSUB", "CHANNELS") == "a" }
                try await server.command("PUBLISH", "a", "x")
                #expect(await kept.next() == .message(channel: "a", payload: [0x78]))
            }
        }
    }

    @Test("ends with its client")
    func endsWithClient() async throws {
        try await withRedisServer { server in
            let subscription = try await withRedisClient(server.url) { client, _ in
                let subscription = client.subscribe(to: ["a"])
                var events = subscription.makeAsyncIterator()
                _ = try #require(await events.next())
                return subscription
            }
            var rest = subscription.makeAsyncIterator()
            let event = try await { () async throws in await rest.next() }()
            #expect(event == nil)
        }
    }
}
