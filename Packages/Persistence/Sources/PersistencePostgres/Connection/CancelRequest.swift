import CLibpq
import Dispatch
import Synchronization

/// A request to the server to stop the running statement of one connection (PostgreSQL manual, "Canceling Queries in
/// Progress"); used once, by one thread after the other.
final class CancelRequest: @unchecked Sendable {
    // Nothing but `send` and `deinit` touch the pointer, and the owner hands the request over before `send`.
    private let pointer: OpaquePointer

    init(owning pointer: OpaquePointer) {
        self.pointer = pointer
    }

    deinit {
        PQfreeCancel(self.pointer)
    }

    /// Connects, asks, and waits until the server has passed the wish on; blocks for as long as the network likes.
    fileprivate func send() {
        var words = [CChar](repeating: 0, count: 256)
        // A failure changes nothing for the caller: its statement ends by its own deadline.
        _ = PQcancel(self.pointer, &words, Int32(words.count))
    }
}

/// Sends cancel requests on threads of its own, since libpq can only do it while it blocks.
///
/// A server that hangs keeps such threads, so there are few; what comes while all are busy is dropped, and the connection
/// that it was for is closed by its owner.
final class Canceller: Sendable {
    private let busy = Atomic<Int>(0)
    private let limit: Int

    init(limit: Int = 4) {
        self.limit = limit
    }

    /// Sends a request in the background.
    ///
    /// - Parameter whenDone: Called once the server has passed the wish on, on another thread.
    /// - Returns: Whether the request is under way; else it never will be.
    func send(_ request: CancelRequest, whenDone: @escaping @Sendable () -> Void) -> Bool {
        guard self.busy.add(1, ordering: .acquiringAndReleasing).newValue <= self.limit else {
            self.busy.subtract(1, ordering: .acquiringAndReleasing)
            return false
        }
        DispatchQueue.global().async {
            request.send()
            self.busy.subtract(1, ordering: .acquiringAndReleasing)
            whenDone()
        }
        return true
    }
}
