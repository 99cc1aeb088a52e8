import Logging
import Persistence
import Synchronization

extension Journal {
    /// What a transaction had written when its commit was sent; it outlives a commit that is not answered.
    private final class Attempt: Sendable {
        let result = Mutex<BatchCommit.Result?>(nil)
    }

    /// Keeps a batch in the database, or else in the spool, and answers all its callers.
    func commit(_ batch: [Waiting]) async {
        if self.state.withLock({ $0.hasConflict }) {
            for waiting in batch { waiting.answer.resume(returning: .refused(.writerConflict)) }
            return
        }
        let attempt = Attempt()
        // What is in the spool comes before anything that is recorded later.
        if self.spool.ownDepth == 0 {
            do {
                let result = try await self.commitTogether(batch.map(\.record), attempt)
                self.seams.reached(.committed)
                self.end.withLock { $0 = ChainEnd(head: result.head) }
                if !result.kept.isEmpty { await self.spool.store(result.head) }
                self.seams.reached(.headStored)
                self.noteIDs(of: batch, result.refusals) { $0.spooledIDs.removeAll() }
                self.answer(batch, .durable, refusals: result.refusals)
                return
            } catch let error as AuditError where error.code == .conflict {
                self.noteConflict(error)
                for waiting in batch { waiting.answer.resume(returning: .refused(.writerConflict)) }
                return
            } catch {
                await self.spool.note(failure: Self.reason(error))
                self.logger.warning("audit records go to the spool", metadata: ["error": .string(Self.reason(error))])
            }
        }
        await self.putIntoSpool(batch, attempt.result.withLock { $0 })
    }

    private func commitTogether(_ records: [WaitingRecord], _ attempt: Attempt) async throws -> BatchCommit.Result {
        let commit = BatchCommit(batch: records, end: self.end.withLock { $0 }, keyring: self.keyring)
        let reached = self.seams.reached
        return try await self.withCommitDeadline {
            try await self.database.transaction(isolation: .readCommitted, retries: 3) { connection in
                attempt.result.withLock { $0 = nil }
                reached(.begun)
                let result = try commit.run(connection)
                attempt.result.withLock { $0 = result }
                reached(.beforeCommit)
                return result
            }
        }
    }

    /// Puts a batch into the spool: in the places that a transaction gave it, if its commit may have happened.
    private func putIntoSpool(_ batch: [Waiting], _ attempted: BatchCommit.Result?) async {
        if let attempted {
            // The transaction saw where the chain ends, and what was in doubt before is no more.
            self.end.withLock { $0 = ChainEnd(head: attempted.start) }
        }
        let end = self.end.withLock { $0 }
        let result = attempted ?? self.placeLocally(batch.map(\.record), after: end.lastPossible)
        var refusals = result.refusals
        if !result.kept.isEmpty {
            let entries = result.kept.map(\.entry)
            if let reason = await self.spool.append(end.doubtful + entries) {
                for kept in result.kept { refusals[kept.index] = reason }
                if attempted != nil { self.end.withLock { $0.doubtful = entries } }
            } else {
                self.end.withLock { $0 = ChainEnd(head: result.head) }
                await self.spool.store(result.head)
                self.noteIDs(of: batch, refusals) { state in
                    for kept in result.kept {
                        let record = batch[kept.index].record.record
                        if record.takesRequestID, let id = record.requestID { state.spooledIDs.insert(id) }
                    }
                }
                self.spoolings.fire()
            }
        }
        self.answer(batch, .spooled, refusals: refusals)
    }

    /// Remembers ids that were taken by this batch or before it.
    private func noteIDs(of batch: [Waiting], _ refusals: [Int: RefusalReason], _ change: (inout State) -> Void = { _ in }) {
        self.state.withLock { state in
            for (index, waiting) in batch.enumerated() where waiting.record.record.takesRequestID {
                guard let id = waiting.record.record.requestID else { continue }
                if refusals[index] == nil || refusals[index] == .requestIDTaken { state.knownIDs.insert(id) }
            }
            change(&state)
        }
    }

    /// Gives records their places without the database; of request ids, those in the spool are known to be taken, and the
    /// newest of those that this process has seen taken before.
    private func placeLocally(_ records: [WaitingRecord], after head: JournalHead) -> BatchCommit.Result {
        var result = BatchCommit.Result(start: head, head: head)
        self.state.withLock { state in
            var seen: Set<AuditRequestID> = []
            for (index, waiting) in records.enumerated() where waiting.record.takesRequestID {
                guard let id = waiting.record.requestID else { continue }
                if state.spooledIDs.contains(id) || state.knownIDs.contains(id) || !seen.insert(id).inserted {
                    result.refusals[index] = .requestIDTaken
                }
            }
        }
        // Whether another server has ended a request, only the database knows.
        for (index, waiting) in records.enumerated() where waiting.record.abandonedBy != nil {
            result.refusals[index] = .unavailable
        }
        result.place(records)
        return result
    }

    private func answer(_ batch: [Waiting], _ kept: RecordAnswer, refusals: [Int: RefusalReason]) {
        for (index, waiting) in batch.enumerated() {
            waiting.answer.resume(returning: refusals[index].map { .refused($0) } ?? kept)
        }
    }

    func noteConflict(_ error: AuditError) {
        self.state.withLock { $0.hasConflict = true }
        self.logger.critical(
            "the audit journal keeps nothing more: another process writes as this one",
            metadata: ["audit.writer": .string(self.writer), "error": .string(error.message)])
    }

    /// Runs a transaction, and cancels it when it takes too long; it has ended, one way or the other, when this returns.
    func withCommitDeadline<Value: Sendable>(_ body: @escaping @Sendable () async throws -> Value) async throws -> Value {
        try await withThrowingTaskGroup(of: Value?.self) { group in
            let deadline = self.configuration.commitDeadline
            group.addTask { try await body() }
            group.addTask {
                try? await Task.sleep(for: deadline)
                return nil
            }
            if let value = try await group.next() ?? nil {
                group.cancelAll()
                return value
            }
            // Cancelled as late as that, it may have happened all the same.
            group.cancelAll()
            do {
                if let value = try await group.next() ?? nil { return value }
            } catch is CancellationError {
                // The reason is better told by the deadline.
            }
            throw PersistenceError(.timedOut, message: "the database took longer than \(deadline)")
        }
    }

    /// A reason without data, for health checks and logs: what a database says of a value may quote it.
    static func reason(_ error: any Error) -> String {
        switch error {
        case let error as PersistenceError: error.message
        case let error as AuditError: error.message
        case is CancellationError: "the journal was stopped"
        default: "an unexpected error"
        }
    }
}
