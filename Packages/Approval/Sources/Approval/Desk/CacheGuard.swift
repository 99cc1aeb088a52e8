import Logging
import Persistence
import Synchronization

/// Uses a cache so that it can only make reading quicker: when it fails, the table serves, and nothing that it may still hold of a
/// request that has moved on is believed.
///
/// What could not be removed stands in the table as a ``CacheDebt`` from the commit on, so it outlives the server; whichever server
/// sees it first pays it. After a start, and after every failure, this server believes the cache only once it has seen all
/// debts paid.
final class CacheGuard: Sendable {
    private struct State {
        var isTrusted = false
        var isFailing = false
        /// Debts that no transaction has written yet.
        var unwritten = 0
        /// Grows with whatever makes the cache unworthy of belief, so that a payment during which it grew restores no belief.
        var doubts: UInt64 = 0

        mutating func doubt() {
            self.isTrusted = false
            self.doubts &+= 1
        }
    }

    private let cache: any ApprovalCache
    private let metrics: ApprovalMetrics?
    private let logger: Logger
    private let state = Mutex(State())

    /// How long a handle stays forgotten at the least, so that a value that comes late finds it so.
    private static let grace = Duration.seconds(60)

    init(_ cache: any ApprovalCache, metrics: ApprovalMetrics?, logger: Logger) {
        self.cache = cache
        self.metrics = metrics
        self.logger = logger
    }

    /// Keeps a request whose row is committed.
    ///
    /// Somebody may have decided on the row already; its handle is then forgotten, or owed, and the value is not kept or not believed.
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
        guard self.state.withLock({ $0.isTrusted }) else { return nil }
        for handle in reference.handles {
            do {
                let value = try await self.cache.value(for: handle)
                self.noteSuccess()
                guard let value else { continue }
                guard let request = ApprovalRequest(cachedForm: value), request.handle == handle, request.expiresAt > now else {
                    return nil
                }
                // A removal may have failed while the value was on its way.
                return self.state.withLock({ $0.isTrusted }) ? request : nil
            } catch {
                self.noteFailure(error)
                return nil
            }
        }
        return nil
    }

    /// Removes a request that is about to move on.
    ///
    /// - Returns: What has to be written together with the change when that failed, followed by ``finish(_:)`` whatever came of
    ///   it; nil when the request is gone.
    func forget(_ request: ApprovalRequest, at now: Timestamp) async -> CacheDebt? {
        let debt = CacheDebt(handle: request.handle, until: max(request.expiresAt, now).advanced(by: Self.grace))
        if await self.pay(debt, at: now) { return nil }
        self.state.withLock { state in
            state.unwritten += 1
            state.doubt()
        }
        return debt
    }

    /// Takes note that debts are written, or are none as nothing has changed.
    func finish(_ debts: [CacheDebt]) {
        if debts.isEmpty { return }
        self.state.withLock { state in
            state.unwritten -= debts.count
            // Who looked for debts before could not see these.
            state.doubt()
        }
    }

    /// Removes everything that is owed, whoever owes it; when nothing is left, the cache is believed again.
    ///
    /// - Parameter count: How many are read at a time, 1 or more.
    /// - Throws: `PersistenceError`, `CancellationError`; what was paid stays paid.
    func payDebts(in database: any Database, at now: Timestamp, by count: Int) async throws {
        let doubts = self.state.withLock { $0.doubts }
        while true {
            let rows = try await database.query(CacheDebt.select(count))
            if rows.isEmpty { break }
            var paid: [CacheDebt] = []
            for debt in try rows.map({ try CacheDebt($0) }) {
                guard await self.pay(debt, at: now) else { break }
                paid.append(debt)
            }
            let handles = paid.map(\.handle)
            if !handles.isEmpty { try await database.write { try $0.execute(CacheDebt.delete(handles)) } }
            // The cache is away; the rest stays owed.
            if paid.count < rows.count { return }
            try Task.checkCancellation()
        }
        self.state.withLock { state in
            if state.doubts == doubts, state.unwritten == 0 { state.isTrusted = true }
        }
    }

    private func pay(_ debt: CacheDebt, at now: Timestamp) async -> Bool {
        do {
            try await self.cache.forget(debt.handle, for: max(now.duration(to: debt.until), Self.grace))
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
            state.doubt()
            return state.isFailing
        }
        if !wasFailing {
            self.logger.warning(
                "approvals cannot be cached, the table serves", metadata: ["error": .string(String(reflecting: error))])
        }
    }
}
