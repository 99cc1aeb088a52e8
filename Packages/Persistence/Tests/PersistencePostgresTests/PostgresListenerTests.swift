import Persistence
import PersistencePostgres
import TestKit
import Testing

@Suite("PostgreSQL listener", .timeLimit(.minutes(1)))
struct PostgresListenerTests {
    /// What a listener tells, one event after the other.
    private struct Ear {
        let events: AsyncStream<PostgresListener.Event>

        func next() async -> PostgresListener.Event? {
            for await event in self.events { return event }
            return nil
        }

        /// Skips what was lost, up to the word that all is heard again.
        func lossesUntilListening() async -> Int {
            var losses = 0
            while let event = await self.next(), event != .listening { losses += 1 }
            return losses
        }
    }

    /// Runs a listener for as long as the body runs.
    private static func withListener(
        _ url: DatabaseURL, channels: [String], _ body: (Ear) async throws -> Void
    ) async throws {
        let (events, continuation) = AsyncStream.makeStream(of: PostgresListener.Event.self)
        let configuration = PostgresConfiguration(connectTimeout: .seconds(2), healthCheckAfter: .milliseconds(100))
        let listener = try PostgresListener(url: url, channels: channels, configuration: configuration)
        let task = Task { try await listener.run { continuation.yield($0) } }
        do {
            try await body(Ear(events: events))
        } catch {
            task.cancel()
            throw error
        }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    @Test("hears what is said in its channels, whatever they are called, in order")
    func hears() async throws {
        try await withScene { scene in
            let channels = ["plain", "Mixed Case", "with\"quote", "ümläut; DROP TABLE x", String(repeating: "x", count: 63)]
            try await Self.withListener(scene.url, channels: channels) { ear in
                #expect(await ear.next() == .listening)
                let payloads = ["", "one", "ü😀'\"\\", String(repeating: "é", count: 3500)]
                for channel in channels {
                    for payload in payloads {
                        try await scene.database.write { _ = try $0.query("SELECT pg_notify(\(channel), \(payload))") }
                        #expect(await ear.next() == .notification(channel: channel, payload: payload))
                    }
                }
                // What is undone was never said; what is committed together is said together.
                _ = await failure {
                    try await scene.database.transaction { connection in
                        _ = try connection.query("SELECT pg_notify('plain', 'undone')")
                        try connection.execute("SELEC")
                    }
                }
                try await scene.database.write { _ = try $0.query("SELECT pg_notify('other', 'unheard')") }
                try await scene.database.transaction { connection in
                    for number in 0..<100 { _ = try connection.query("SELECT pg_notify('plain', \(String(number)))") }
                }
                for number in 0..<100 {
                    #expect(await ear.next() == .notification(channel: "plain", payload: String(number)))
                }
            }
            try await eventually("its connection is gone") { try await scene.backends() == scene.database.connectionCount }
        }
    }

    @Test("says that it listens again after its connection was lost")
    func listensAgain() async throws {
        try await withScene(PostgresConfiguration(maximumConnections: 1)) { scene in
            try await Self.withListener(scene.url, channels: ["news"]) { ear in
                #expect(await ear.next() == .listening)
                for _ in 0..<2 {
                    try await scene.terminateBackends()
                    #expect(await ear.lossesUntilListening() >= 1)
                    try await scene.database.write { _ = try $0.query("SELECT pg_notify('news', 'x')") }
                    #expect(await ear.next() == .notification(channel: "news", payload: "x"))
                }
            }
        }
    }

    @Test("comes through restarts of its server, and notices one that has fallen silent")
    func survivesRestart() async throws {
        try await withPostgresServer { server in
            let proxy = try WireProxy(port: server.port)
            defer { proxy.stop() }
            try await Self.withListener(DatabaseURL(proxy.url()), channels: ["news"]) { ear in
                #expect(await ear.next() == .listening)
                try await server.restart()
                #expect(await ear.lossesUntilListening() >= 1)
                try await server.stop()
                try await server.start()
                #expect(await ear.lossesUntilListening() >= 1)
                proxy.stall()
                #expect(await ear.lossesUntilListening() >= 1)
                try await server.command("NOTIFY news, 'x'")
                #expect(await ear.next() == .notification(channel: "news", payload: "x"))
            }
        }
    }

    @Test("ends at once when it is cancelled, also while nobody answers")
    func endsAtOnce() async throws {
        let silent = try WireProxy(port: nil)
        defer { silent.stop() }
        for port in [silent.port, try FreePort.find()] {
            let listener = try PostgresListener(
                url: DatabaseURL("postgres://gatehouse@127.0.0.1:\(port)/postgres"), channels: ["news"],
                configuration: PostgresConfiguration(connectTimeout: .seconds(50)))
            let task = Task { try await listener.run { _ in } }
            if port == silent.port { try await eventually("it has connected") { silent.connectionCount == 1 } }
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
        }
    }

    @Test(
        "refuses names that the server would cut, and files of SQLite's",
        arguments: ["", String(repeating: "x", count: 64), "a\u{0}"])
    func refuses(_ name: String) {
        let broken = #expect(throws: PersistenceError.self) {
            try PostgresListener(url: DatabaseURL("postgres://h/d"), channels: [name])
        }
        #expect(broken?.code == .invalidValue)
        let file = #expect(throws: PersistenceError.self) {
            try PostgresListener(url: DatabaseURL("sqlite::memory:"), channels: ["a"])
        }
        #expect(file?.code == .invalidURL)
    }
}
