import Logging
import Persistence

extension Journal {
    /// Brings the spool to the database whenever something is in it, until the task is cancelled.
    func drain() async {
        // Earlier processes may have left something.
        self.spoolings.fire()
        for await _ in self.spoolings {
            var pause = Duration.milliseconds(50)
            while true {
                if await self.emptySpool(), await self.endPredecessors() { break }
                guard (try? await Task.sleep(for: pause)) != nil else { return }
                pause = min(pause * 2, self.configuration.longestDrainPause)
            }
        }
    }

    /// Brings all that is in the spool to the database; false when it could not.
    func emptySpool() async -> Bool {
        while true {
            let part: SpoolPart
            do {
                guard let next = try await self.spool.nextPart() else {
                    await self.spool.note(failure: nil)
                    return true
                }
                part = next
            } catch {
                await self.spool.note(failure: "a file of the spool cannot be read")
                return false
            }
            do {
                try await self.bring(part)
            } catch let error as AuditError where error.code == .conflict {
                if part.writer == self.writer {
                    self.noteConflict(error)
                    return true
                }
                self.logger.error(
                    "a file of audit records contradicts the database and is put aside",
                    metadata: ["audit.writer": .string(part.writer), "error": .string(error.message)])
                await self.spool.putAside(part)
                continue
            } catch {
                await self.spool.note(failure: Self.reason(error))
                return false
            }
            await self.spool.forget(part)
        }
    }

    private func bring(_ part: SpoolPart) async throws {
        if part.entries.isEmpty { return }
        try await self.bring(part.entries[...])
        self.seams.reached(.drained)
        self.logger.debug("audit records left the spool", metadata: ["audit.records": .stringConvertible(part.entries.count)])
    }

    /// Brings records in one transaction, or, if the database will not have one of them, in ever smaller parts.
    ///
    /// A row of `audit_events` that the database refuses must not keep all later records out of the journal: its record is
    /// brought without it, and verification tells that the event is missing.
    private func bring(_ entries: ArraySlice<JournalEntry>) async throws {
        do {
            try await self.bring(DrainCommit(entries: Array(entries), keyring: self.keyring))
        } catch let error as PersistenceError where Self.refusals.contains(error.code) {
            if entries.count > 1 {
                let middle = entries.startIndex + entries.count / 2
                try await self.bring(entries[..<middle])
                try await self.bring(entries[middle...])
            } else {
                let commit = DrainCommit(entries: Array(entries), keyring: self.keyring, writesEvents: false)
                try await self.bring(commit)
                self.logger.error(
                    "an audit event cannot be written; its record is in the journal",
                    metadata: ["audit.writer": .string(commit.entries.first?.writer ?? ""), "error": .string(Self.reason(error))])
            }
        }
    }

    private func bring(_ commit: DrainCommit) async throws {
        let reached = self.seams.reached
        try await self.withCommitDeadline {
            try await self.database.transaction(isolation: .readCommitted, retries: 3) { connection in
                _ = try commit.run(connection)
                reached(.beforeDrainCommit)
            }
        }
    }

    /// What a database says of values that it will never take.
    private static let refusals: Set<PersistenceError.Code> = [
        .invalidValue, .unencodable, .checkViolation, .notNullViolation, .rejectedByTrigger,
    ]
}
