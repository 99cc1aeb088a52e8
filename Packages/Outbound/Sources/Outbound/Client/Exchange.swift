import NIOCore
import Synchronization

/// An exchange whose head has come, until somebody ends it.
final class Exchange: Sendable {
    let head: OutboundResponseHead
    private let id: UInt64
    private let connection: HTTPConnection
    private let onEnd: @Sendable () -> Void
    private let isComplete = Atomic(false)

    /// - Parameter onEnd: Gives back the place among the requests that run.
    init(_ id: UInt64, on connection: HTTPConnection, head: OutboundResponseHead, onEnd: @escaping @Sendable () -> Void) {
        self.id = id
        self.connection = connection
        self.head = head
        self.onEnd = onEnd
    }

    /// The next piece of the body; nil at the end.
    func nextPiece() async throws(OutboundError) -> [UInt8]? {
        if self.isComplete.load(ordering: .acquiring) { return nil }
        let box = OutcomeBox<[UInt8]?>()
        let (connection, id) = (self.connection, self.id)
        connection.eventLoop.execute { connection.read(box, of: id) }
        do throws(OutboundError) {
            let piece = try await box.wait { connection.eventLoop.execute { connection.cancel(id) } }
            if piece == nil { self.isComplete.store(true, ordering: .releasing) }
            return piece
        } catch {
            throw error.afterSending()
        }
    }

    /// Ends the exchange; called exactly once.
    func end() {
        let (connection, id) = (self.connection, self.id)
        connection.eventLoop.execute { connection.abandon(id) }
        self.onEnd()
    }
}
