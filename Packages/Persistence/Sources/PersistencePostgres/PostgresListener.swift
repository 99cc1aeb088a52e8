import Foundation
public import Persistence
import Synchronization

/// Hears what other sessions say with `NOTIFY` (PostgreSQL manual, "NOTIFY"), on a connection and a thread of its own.
///
/// What is said while nobody is connected is lost. So the listener says each time it has begun to listen, the first time
/// and after every loss of the connection: whoever remembers something on the strength of silence then forgets it.
public struct PostgresListener: Sendable {
    /// What a listener tells.
    public enum Event: Sendable, Equatable {
        /// From now on all notifications are heard; what was said before may have been missed.
        case listening
        /// Somebody said something.
        case notification(channel: String, payload: String)
        /// The connection was lost, or cannot be had; another attempt follows.
        case disconnected(PersistenceError)
    }

    private let location: PostgresLocation
    private let channels: [String]
    private let configuration: PostgresConfiguration

    /// Creates a listener without connecting.
    ///
    /// - Parameters:
    ///   - url: The database, of PostgreSQL's.
    ///   - channels: The names of the channels, compared letter by letter, 1 to 63 bytes each.
    ///   - configuration: How long connecting may take, and after how long silence the connection is tried.
    /// - Throws: ``PersistenceError`` with code `invalidURL` for a SQLite file's URL, `invalidValue` for a name out of range.
    public init(
        url: DatabaseURL, channels: [String], configuration: PostgresConfiguration = PostgresConfiguration()
    ) throws(PersistenceError) {
        guard case .postgres(let location) = url.location else {
            throw PersistenceError(.invalidURL, message: "the database URL leads to a SQLite file, not to a PostgreSQL server")
        }
        for channel in channels where !(1...63).contains(channel.utf8.count) || channel.utf8.contains(0) {
            throw PersistenceError(.invalidValue, message: "the name of a channel has 1 to 63 bytes and no NUL")
        }
        self.location = location
        self.channels = channels
        self.configuration = configuration
    }

    /// Listens until the task is cancelled.
    ///
    /// - Parameter handle: Told what happens, on the listener's thread, one event at a time; while it runs, nothing else is
    ///   heard, so it is short.
    /// - Throws: `CancellationError` always; ``PersistenceError`` with code `invalidURL` for a parameter that libpq does not
    ///   know, or `unavailable` if the process has too many open files.
    public func run(_ handle: @escaping @Sendable (Event) -> Void) async throws {
        let alternatives = try ConnectionParameters.alternatives(for: self.location, configuration: self.configuration)
        let ear = ListeningThread(
            alternatives: alternatives, channels: self.channels, configuration: self.configuration, wake: try WakeSignal(),
            handle: handle)
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let thread = Thread {
                    ear.run()
                    continuation.resume()
                }
                thread.name = "postgres-listen"
                thread.start()
            }
        } onCancel: {
            ear.stop()
        }
        throw CancellationError()
    }
}

/// What the thread of a listener does.
private final class ListeningThread: Sendable {
    private let alternatives: [ConnectionParameters]
    private let channels: [String]
    private let configuration: PostgresConfiguration
    private let wake: WakeSignal
    private let handle: @Sendable (PostgresListener.Event) -> Void
    private let isStopped = Atomic<Bool>(false)

    init(
        alternatives: [ConnectionParameters], channels: [String], configuration: PostgresConfiguration, wake: WakeSignal,
        handle: @escaping @Sendable (PostgresListener.Event) -> Void
    ) {
        self.alternatives = alternatives
        self.channels = channels
        self.configuration = configuration
        self.wake = wake
        self.handle = handle
    }

    private var shallStop: Bool { self.isStopped.load(ordering: .acquiring) }

    func stop() {
        self.isStopped.store(true, ordering: .releasing)
        self.wake.send()
    }

    func run() {
        var pause = Duration.milliseconds(50)
        while !self.shallStop {
            do {
                try self.listen { pause = .milliseconds(50) }
            } catch {
                if self.shallStop { return }
                self.handle(.disconnected(error))
            }
            self.rest(for: pause)
            pause = min(pause * 2, .seconds(2))
        }
    }

    private func rest(for pause: Duration) {
        let end = ContinuousClock.now + pause
        while !self.shallStop {
            let outcome = SocketWait.wait(for: -1, reading: false, writing: false, wake: self.wake, deadline: end)
            if outcome == .timedOut { return }
        }
    }

    private func listen(whenListening: () -> Void) throws(PersistenceError) {
        let connection = try LibpqConnection.open(
            self.alternatives, wake: self.wake, deadline: .now + self.configuration.connectTimeout,
            isStopped: { self.shallStop })
        try self.say(self.channels.map { SQL("LISTEN \(identifier: $0)").text(for: .postgres) }, on: connection)
        whenListening()
        self.handle(.listening)
        while !self.shallStop {
            while let notification = connection.nextNotification() {
                self.handle(.notification(channel: notification.channel, payload: notification.payload))
            }
            let outcome = try connection.waitForInput(deadline: .now + self.configuration.healthCheckAfter)
            if outcome == .timedOut { try self.say(["SELECT 1"], on: connection) }
        }
    }

    /// Runs statements one after the other, and waits for each for as long as connecting may take.
    private func say(_ texts: [String], on connection: LibpqConnection) throws(PersistenceError) {
        for text in texts {
            let group = CommandGroup(alone: text)
            try group.send(on: connection)
            let deadline = ContinuousClock.now + self.configuration.connectTimeout
            let answer = try group.readAnswer(on: connection) { () throws(PersistenceError) in
                while true {
                    switch try connection.receive(deadline: deadline) {
                    case .result(let result): return result
                    case .woken: if self.shallStop { throw LibpqConnection.interrupted }
                    case .timedOut:
                        throw PersistenceError(.unavailable, message: "the database server did not answer in time")
                    }
                }
            }
            if case .failure(let failure, _) = answer { throw failure.error(isInterrupted: false) }
        }
    }
}
