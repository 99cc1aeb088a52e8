import Logging
import Persistence
import StrictJSON
import Synchronization

/// Uses a cache so that it can only make reading quicker: when it fails, the table serves, and what it may still hold of a
/// decided request is not believed here and removed as soon as that is possible.
final class CacheGuard: Sendable {
    private struct State {
        /// Until when each request may still be in the cache although it has moved on.
        var owed: [ApprovalHandle: Timestamp] = [:]
        var isFailing = false
    }

    private let cache: any ApprovalCache
    private let metrics: ApprovalMetrics?
    private let logger: Logger
    private let state = Mutex(State())

    /// The most removals that are owed; a cache that is away for longer forgets by itself when times to live end.
    private static let mostOwed = 100_000

    init(_ cache: any ApprovalCache, metrics: ApprovalMetrics?, logger: Logger) {
        self.cache = cache
        self.metrics = metrics
        self.logger = logger
    }

    /// Keeps a request that is about to be written to the table.
    ///
    /// It comes before the row, so whoever decides on the row comes after it.
    func store(_ request: ApprovalRequest, at now: Timestamp) async {
        let timeToLive = now.duration(to: request.expiresAt)
        guard timeToLive > .zero else { return }
        do {
            try await self.cache.store(request.cachedForm, for: request.handle, timeToLive: timeToLive)
            self.noteSuccess()
        } catch {
            self.noteFailure(error)
        }
    }

    /// A request of a party's organisation that is still pending, or nil when the table has to be asked.
    func request(_ reference: ApprovalReference, at now: Timestamp) async -> ApprovalRequest? {
        for handle in reference.handles {
            if self.state.withLock({ $0.owed[handle] != nil }) { return nil }
            do {
                let value = try await self.cache.value(for: handle)
                self.noteSuccess()
                guard let value else { continue }
                guard let request = ApprovalRequest(cachedForm: value), request.handle == handle, request.expiresAt > now else {
                    return nil
                }
                return request
            } catch {
                self.noteFailure(error)
                return nil
            }
        }
        return nil
    }

    /// Removes a request that is about to move on.
    func forget(_ request: ApprovalRequest, at now: Timestamp) async {
        let end = max(request.expiresAt, now).advanced(by: .seconds(60))
        if await self.remove(request.handle, until: end, at: now) { return }
        self.state.withLock { state in
            if state.owed.count >= Self.mostOwed { state.owed = state.owed.filter { $0.value > now } }
            if state.owed.count < Self.mostOwed { state.owed[request.handle] = end }
        }
    }

    /// Tries again what could not be removed.
    func payOwed(at now: Timestamp) async {
        let owed = self.state.withLock { $0.owed }
        for (handle, end) in owed {
            if Task.isCancelled { return }
            if end > now, await !self.remove(handle, until: end, at: now) { return }
            _ = self.state.withLock { $0.owed.removeValue(forKey: handle) }
        }
    }

    private func remove(_ handle: ApprovalHandle, until end: Timestamp, at now: Timestamp) async -> Bool {
        do {
            try await self.cache.forget(handle, for: max(now.duration(to: end), .seconds(60)))
            self.noteSuccess()
            return true
        } catch {
            self.noteFailure(error)
            return false
        }
    }

    private func noteSuccess() {
        let wasFailing = self.state.withLock { state in
            defer { state.isFailing = false }
            return state.isFailing
        }
        if wasFailing { self.logger.info("approvals are cached again") }
    }

    /// Said once for each time that the cache goes away.
    private func noteFailure(_ error: any Error) {
        self.metrics?.recordCacheFailure()
        let wasFailing = self.state.withLock { state in
            defer { state.isFailing = true }
            return state.isFailing
        }
        if !wasFailing {
            self.logger.warning(
                "approvals cannot be cached, the table serves", metadata: ["error": .string(String(reflecting: error))])
        }
    }
}
