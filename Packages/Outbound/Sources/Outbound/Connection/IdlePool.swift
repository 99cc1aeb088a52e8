import Identity
import NIOCore
import Synchronization

/// Keeps a bounded number of idle connections, each for the origin and the address that it was made for.
///
/// A request takes one only when its own look-up has just yielded that address and the policy has just allowed it.
final class IdlePool: Sendable {
    /// What a connection may be used for again.
    struct Key: Hashable, Sendable {
        /// Scheme, host and port; with `https` the certificate was checked for this host.
        let origin: String
        let address: IPAddress
    }

    private struct State {
        /// The oldest first.
        var idle: [(key: Key, connection: HTTPConnection)] = []
        var isClosed = false
    }

    private let limit: Int
    private let state = Mutex(State())

    init(limit: Int) {
        self.limit = limit
    }

    /// The youngest connection of the first key that has one; it belongs to the caller then.
    func take(_ keys: [Key]) -> (key: Key, connection: HTTPConnection)? {
        self.state.withLock { state in
            for key in keys {
                if let index = state.idle.lastIndex(where: { $0.key == key }) { return state.idle.remove(at: index) }
            }
            return nil
        }
    }

    /// Keeps a connection; runs on its event loop. The oldest goes when there are too many.
    func put(_ connection: HTTPConnection, for key: Key) {
        connection.onEnd = { [weak self, unowned connection] in self?.remove(connection) }
        let surplus: HTTPConnection? = self.state.withLock { state in
            if state.isClosed { return connection }
            state.idle.append((key, connection))
            return state.idle.count > self.limit ? state.idle.removeFirst().connection : nil
        }
        if let surplus { Self.end(surplus) }
    }

    /// Closes all connections and keeps none any more.
    func close() {
        let idle = self.state.withLock { state in
            state.isClosed = true
            defer { state.idle = [] }
            return state.idle.map(\.connection)
        }
        for connection in idle { Self.end(connection) }
    }

    private func remove(_ connection: HTTPConnection) {
        self.state.withLock { state in state.idle.removeAll { $0.connection === connection } }
    }

    private static func end(_ connection: HTTPConnection) {
        connection.eventLoop.execute { connection.fail(.endedBeforeUse) }
    }
}
