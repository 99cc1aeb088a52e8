import Logging
import Persistence
import Synchronization

extension Journal {
    /// Tells the database that this process lives, until the task is cancelled; brings the head file to the disk meanwhile.
    func keepLease() async {
        var next = ContinuousClock.now
        while true {
            if ContinuousClock.now >= next {
                await self.renewLease()
                next = ContinuousClock.now + self.configuration.leaseRenewal
            }
            guard (try? await Task.sleep(for: min(self.configuration.leaseRenewal, .seconds(1)))) != nil else { return }
            await self.spool.synchronizeHead()
        }
    }

    private func renewLease() async {
        let now = self.databaseNow
        do {
            try await self.withCommitDeadline {
                try await self.database.transaction(isolation: .readCommitted, retries: 3) { connection in
                    let roll = WriterRoll(JournalTables(connection), keyring: self.keyring)
                    _ = try roll.head(of: self.writer, at: self.seams.now())
                    try connection.execute(
                        """
                        INSERT INTO audit_writers (writer, seen_at) VALUES (\(self.writer), \(now))
                        ON CONFLICT (writer) DO UPDATE SET seen_at = excluded.seen_at
                        """)
                }
            }
        } catch let error as AuditError where error.code == .conflict {
            self.noteConflict(error)
        } catch {
            // The lease is much longer than the time until the next attempt.
            self.logger.debug("the lease of the audit journal was not renewed", metadata: ["error": .string(Self.reason(error))])
        }
    }

    /// Enters in the roll what was in `audit_events` before there was a journal, once for a database; tries again until it is there.
    ///
    /// It may take long, so nothing else waits for it.
    func keepOlderEvents() async {
        while !Task.isCancelled {
            do {
                try await self.enterOlderEvents()
                if self.state.withLock({ $0.hasOlderEvents }) { return }
            } catch {
                self.logger.debug("older events are not in the roll yet", metadata: ["error": .string(Self.reason(error))])
            }
            guard (try? await Task.sleep(for: self.configuration.leaseRenewal)) != nil else { return }
        }
    }

    /// Does it once.
    private func enterOlderEvents() async throws {
        if self.state.withLock({ $0.hasOlderEvents }) { return }
        let keyring = self.keyring
        let isThere = try await self.database.read { connection in
            try WriterRoll(JournalTables(connection), keyring: keyring).hasOlderEvents()
        }
        if !isThere {
            let census = try await EventCensus.take(in: self.database, by: keyring)
            var older = census.sum
            older -= census.archived
            let (sum, time) = (older, self.seams.now())
            let isEntered = try await self.database.transaction(isolation: .readCommitted, retries: 3) { connection in
                try WriterRoll(JournalTables(connection), keyring: keyring).enter(sum, segments: census.segments, at: time)
            }
            guard isEntered else { return }
        }
        self.state.withLock { $0.hasOlderEvents = true }
    }

    /// Notes that this process ends, if all its records are in the database.
    func giveUpLease() async {
        guard self.spool.ownDepth == 0 else { return }
        await self.noteEnd(of: [self.writer])
    }

    /// Notes that earlier processes of this folder have ended: the lock shows that, and nothing of them is in the spool any more.
    ///
    /// - Returns: Whether it is noted.
    func endPredecessors() async -> Bool {
        guard !self.state.withLock({ $0.hasEndedPredecessors }) else { return true }
        let writers = await self.spool.predecessors()
        for start in stride(from: 0, to: writers.count, by: 200) {
            guard await self.noteEnd(of: Array(writers[start..<min(start + 200, writers.count)])) else { return false }
        }
        self.state.withLock { $0.hasEndedPredecessors = true }
        return true
    }

    /// Notes it for those writers that are known to live or have left requests open.
    @discardableResult
    private func noteEnd(of writers: [String]) async -> Bool {
        let now = self.databaseNow
        do {
            try await self.withCommitDeadline {
                try await self.database.write { connection in
                    try connection.execute(
                        "UPDATE audit_writers SET ended_at = \(now) WHERE writer IN \(list: writers) AND ended_at IS NULL")
                    try connection.execute(
                        """
                        INSERT INTO audit_writers (writer, seen_at, ended_at)
                        SELECT DISTINCT writer, \(now), \(now) FROM audit_open_requests
                        WHERE writer IN \(list: writers) ON CONFLICT (writer) DO NOTHING
                        """)
                }
            }
            return true
        } catch {
            self.logger.debug("the end of audit writers was not noted", metadata: ["error": .string(Self.reason(error))])
            return false
        }
    }

    /// The clock that all servers share: that of the database server; that of this computer for a file.
    private var databaseNow: SQL {
        switch self.database.dialect {
        case .postgres: "clock_timestamp()"
        case .sqlite: "\(self.seams.now())"
        }
    }

    /// Who was seen last before this is gone.
    func leaseBorder(_ lease: Duration) -> SQL {
        switch self.database.dialect {
        case .postgres: "clock_timestamp() - make_interval(secs => \(lease / .seconds(1))::double precision)"
        case .sqlite: "\(self.seams.now().advanced(by: .zero - lease))"
        }
    }
}
