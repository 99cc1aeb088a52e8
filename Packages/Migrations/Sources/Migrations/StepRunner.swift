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
                return try await database.transaction { try self.run(on: $0) }
            }
            return try await database.write { try self.run(on: $0) }
        } catch let error as StatementFailure {
            throw self.error(.revisionFailed, self.sentence(for: error), cause: error.cause)
        } catch let error as PersistenceError {
            throw self.error(.revisionFailed, "revision \(self.step.key) failed: \(error)", cause: error)
        }
    }

    private struct StatementFailure: Error {
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
        switch self.step.direction {
        case .up:
            let position = try RevisionTable.lastPosition(connection) + 1
            try connection.execute(
                RevisionTable.insertion(self.step, at: self.now(), duration: duration, position: position))
        case .down:
            try connection.execute(RevisionTable.deletion(self.step.key))
        }
        return duration
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
        let effect =
            self.step.revision.runsInTransaction || failure.number == 1
            ? "nothing of it was kept" : "what came before it in the revision was kept"
        return "statement \(failure.number) of \(count) of revision \(self.step.key) failed, \(effect): \(failure.cause)"
    }

    private func error(_ code: MigrationError.Code, _ message: String, cause: (any Error)? = nil) -> MigrationError {
        MigrationError(code, message: message, completed: self.completed, cause: cause)
    }
}
