import Identity
import Logging
import Persistence
import ServiceLifecycle
import Synchronization

extension KeyAuthority {
    /// Watches for changes until the group shuts down, then notes the last uses.
    public func run() async throws {
        do {
            try await cancelWhenGracefulShutdown {
                // What takes long to write must not keep the watch waiting.
                async let chores: Void = self.doChores()
                try await self.watch()
                try await chores
            }
        } catch is CancellationError {
            // The group shuts down.
        }
        await self.flushUses()
    }

    private func watch() async throws {
        while true {
            await self.poll()
            try await Task.sleep(for: self.configuration.pollPause)
        }
    }

    private func doChores() async throws {
        while true {
            try await Task.sleep(for: self.configuration.usePause)
            await self.flushUses()
            await self.removeExpiredSessions()
        }
    }

    /// Looks once whether something changed.
    ///
    /// While the database cannot be asked, nothing is remembered: a key that cannot be checked is not valid for longer.
    func poll() async {
        let start = ContinuousClock.now
        do {
            let changes = try await self.changeCount()
            self.state.withLock { state in
                if state.seenChanges != changes { state.cache.invalidateAll() }
                state.seenChanges = changes
                // What was changed before the look began has been seen.
                state.checkedAt = start
                state.isBlind = false
            }
        } catch is CancellationError {
            // The group shuts down.
        } catch {
            let wasBlind = self.state.withLock { state in
                state.cache.invalidateAll()
                state.checkedAt = nil
                defer { state.isBlind = true }
                return state.isBlind
            }
            // Said once for each time that the database goes away.
            if !wasBlind {
                self.logger.warning("keys cannot be watched", metadata: ["error": .string(String(reflecting: error))])
            }
        }
    }

    /// The count, or an error when it cannot be had in time.
    private func changeCount() async throws -> Int64 {
        try await withThrowingTaskGroup(of: Int64?.self) { group in
            let (database, deadline) = (self.database, self.configuration.pollDeadline)
            group.addTask { try await KeyTable.changeCount(in: database) }
            group.addTask {
                try await Task.sleep(for: deadline)
                return nil
            }
            defer { group.cancelAll() }
            guard let first = try await group.next(), let count = first else {
                throw PersistenceError(.timedOut, message: "changes of keys could not be looked for in time")
            }
            return count
        }
    }

    /// Writes when keys were used; a failure leaves the dates as they were.
    func flushUses() async {
        let uses = self.state.withLock { state in
            defer { state.uses.removeAll(keepingCapacity: true) }
            return state.uses
        }
        let ordered = uses.values.sorted { $0.keyID < $1.keyID }
        do {
            // In short transactions: a revocation that meets one of these rows waits for few others.
            for start in stride(from: 0, to: ordered.count, by: Self.usesPerTransaction) {
                let batch = Array(ordered[start..<min(start + Self.usesPerTransaction, ordered.count)])
                try await self.database.transaction(isolation: .readCommitted, retries: 3) {
                    try KeyTable.markUsed(batch, on: $0)
                }
            }
        } catch {
            self.logger.warning("last uses of keys are lost", metadata: ["error": .string(String(reflecting: error))])
        }
    }

    private static let usesPerTransaction = 200
}
