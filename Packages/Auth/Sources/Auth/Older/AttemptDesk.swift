import Cryptography
import Synchronization

/// Lets few keys at a time be tried against slow hashes, and each of them by one request only.
final class AttemptDesk: Sendable {
    /// What a request does next.
    enum Turn: Sendable, Equatable {
        /// It tries the key, and then says ``AttemptDesk/leave(_:)``.
        case lead
        /// Another request has just tried the same key; look again what came of it.
        case again
    }

    private struct State {
        var nextWaiter: UInt64 = 0
        var waiterCount = 0
        var leading: [SHA256Digest: [UInt64: CheckedContinuation<Turn, any Error>]] = [:]
        /// Waiters that were cancelled before they waited.
        var cancelled: Set<UInt64> = []
    }

    private let maximumAttempts: Int
    private let maximumWaiters: Int
    private let state = Mutex(State())

    /// - Parameters:
    ///   - maximumAttempts: Most keys that are tried at a time.
    ///   - maximumWaiters: Most requests that wait for what comes of another's attempt.
    init(maximumAttempts: Int, maximumWaiters: Int) {
        self.maximumAttempts = maximumAttempts
        self.maximumWaiters = maximumWaiters
    }

    /// How many requests wait now.
    var waiterCount: Int { self.state.withLock { $0.waiterCount } }

    /// Takes a turn, or waits until the request that has it leaves.
    ///
    /// - Throws: ``AuthError`` with code `tooManyAttempts`; `CancellationError`.
    func turn(for digest: SHA256Digest) async throws -> Turn {
        try Task.checkCancellation()
        let waiter = self.state.withLock { state in
            defer { state.nextWaiter &+= 1 }
            return state.nextWaiter
        }
        defer { self.state.withLock { _ = $0.cancelled.remove(waiter) } }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in self.enter(waiter, digest, continuation) }
        } onCancel: {
            let continuation = self.state.withLock { state in
                guard let continuation = state.leading[digest]?.removeValue(forKey: waiter) else {
                    state.cancelled.insert(waiter)
                    return CheckedContinuation<Turn, any Error>?.none
                }
                state.waiterCount -= 1
                return continuation
            }
            continuation?.resume(throwing: CancellationError())
        }
    }

    private func enter(_ waiter: UInt64, _ digest: SHA256Digest, _ continuation: CheckedContinuation<Turn, any Error>) {
        let answer: Result<Turn, any Error>? = self.state.withLock { state in
            if state.cancelled.contains(waiter) { return .failure(CancellationError()) }
            if state.leading[digest] != nil {
                guard state.waiterCount < self.maximumWaiters else { return .failure(Self.busy) }
                state.leading[digest]?[waiter] = continuation
                state.waiterCount += 1
                return nil
            }
            guard state.leading.count < self.maximumAttempts else { return .failure(Self.busy) }
            state.leading[digest] = [:]
            return .success(.lead)
        }
        if let answer { continuation.resume(with: answer) }
    }

    /// Ends the turn of whoever leads, and wakes those who wait for it.
    func leave(_ digest: SHA256Digest) {
        let waiters = self.state.withLock { state in
            let waiters = state.leading.removeValue(forKey: digest) ?? [:]
            state.waiterCount -= waiters.count
            return waiters
        }
        for waiter in waiters.values { waiter.resume(returning: .again) }
    }

    private static var busy: AuthError {
        AuthError(.tooManyAttempts, message: "Too many unknown keys are being checked")
    }
}
