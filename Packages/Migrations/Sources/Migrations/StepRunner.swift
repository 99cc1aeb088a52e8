import Persistence

/// Runs one revision together with its record.
struct StepRunner: Sendable {
    let step: MigrationStep
    let completed: [Revision.Key]
    let now: @Sendable () -> Timestamp

    /// Returns how long the statements took.
    func run(on database: any Database) async throws -> Duration {
        do {
            if self.step.revision.runsInTransaction {
                return try await database.transaction(isolation: .readCommitted) { connection in
                    // From here on another migrator, even one without the lock, waits; what it then reads is the truth.
                    try RevisionTable.lock(connection)
                    return try self.run(on: connection)
                }
            }
            return try await database.write { try self.run(on: $0) }
        } catch let error as StatementFailure {
            throw self.error(.revisionFailed, self.sentence(for: error), cause: error.cause)
        } catch let error as PersistenceError where error.code == .outcomeUnknown {
            let advice = "whether it was kept is not known: look at the history, then run the migration again"
            throw self.error(.revisionFailed, "revision \(self.step.key) ended without an answer, \(advice)", cause: error)
        } catch let error as PersistenceError {
            throw self.error(.revisionFailed, "revision \(self.step.key) failed: \(error)", cause: error)
        }
    }

    private struct StatementFailure: Error {
        /// From 1; one more than there are statements for the record.
        let number: Int
        let cause: PersistenceError
    }

    private func run(on connection: any DatabaseConnection) throws -> Duration {
        try self.expectUndisturbed(connection)
        let start = ContinuousClock.now
        for (index, statement) in self.step.statements.enumerated() {
            do {
                try connection.execute(SQL(unchecked: statement.description))
            } catch {
                throw StatementFailure(number: index + 1, cause: error)
            }
        }
        try self.expectSoundForeignKeys(connection)
        let duration = start.duration(to: .now)
        do {
            try self.record(duration, connection)
        } catch {
            throw StatementFailure(number: self.step.statements.count + 1, cause: error)
        }
        return duration
    }

    private func record(_ duration: Duration, _ connection: any DatabaseConnection) throws(PersistenceError) {
        switch self.step.direction {
        case .up:
            let position = try RevisionTable.lastPosition(connection) + 1
            try connection.execute(
                RevisionTable.insertion(self.step, at: self.now(), duration: duration, position: position))
        case .down:
            try connection.execute(RevisionTable.deletion(self.step.key))
        }
    }

    /// Another program without the lock may have been here since the plan was made.
    private func expectUndisturbed(_ connection: any DatabaseConnection) throws {
        let isApplied = try RevisionTable.records(connection).contains { $0.key == self.step.key }
        guard isApplied == (self.step.direction == .down) else {
            throw self.error(.concurrentMigration, "revision \(self.step.key) was touched by another program meanwhile")
        }
    }

    /// SQLite checks foreign keys row by row as rows change; a change of the schema itself is checked here.
    private func expectSoundForeignKeys(_ connection: any DatabaseConnection) throws {
        guard connection.dialect == .sqlite else { return }
        let violations = try connection.query("SELECT DISTINCT \"table\" AS name FROM pragma_foreign_key_check LIMIT 5")
        if violations.isEmpty { return }
        let tables = try violations.map { try $0.decode("name", as: String.self) }.joined(separator: ", ")
        throw self.error(.foreignKeysBroken, "revision \(self.step.key) leaves rows that refer to nothing in: \(tables)")
    }

    private func sentence(for failure: StatementFailure) -> String {
        let count = self.step.statements.count
        let what =
            failure.number > count
            ? "the record of revision \(self.step.key)"
            : "statement \(failure.number) of \(count) of revision \(self.step.key)"
        return "\(what) failed, \(self.effect(of: failure)): \(failure.cause)"
    }

    /// What is in the database now, and how people go on from there.
    private func effect(of failure: StatementFailure) -> String {
        if self.step.revision.runsInTransaction { return "nothing of it was kept" }
        if failure.cause.code == .outcomeUnknown {
            return "and whether it took effect is not known, for it runs in no transaction: look, undo it by hand and run it "
                + "again, or do the rest by hand and set the record with stamp"
        }
        // A statement such as CREATE INDEX CONCURRENTLY may leave an invalid index behind.
        let rest =
            self.step.statements.prefix(failure.number).contains { $0.description.uppercased().contains("CONCURRENTLY") }
            ? "; an invalid index may be left too" : ""
        switch failure.number {
        case 1: return "nothing of it was kept" + (rest.isEmpty ? "" : rest + ": drop it, then run it again")
        case self.step.statements.count + 1:
            return "what came before it in the revision was kept, for it runs in no transaction: set the record with stamp"
        default:
            let done = failure.number == 2 ? "statement 1" : "statements 1 to \(failure.number - 1)"
            return "what came before it in the revision was kept (\(done), without a record), for it runs in no transaction"
                + rest + ": undo that by hand and run it again, or do the rest by hand and set the record with stamp"
        }
    }

    private func error(_ code: MigrationError.Code, _ message: String, cause: (any Error)? = nil) -> MigrationError {
        MigrationError(code, message: message, completed: self.completed, cause: cause)
    }
}
