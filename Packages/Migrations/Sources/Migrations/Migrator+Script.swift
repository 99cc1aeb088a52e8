import Persistence

extension Migrator {
    /// The statements that ``upgrade(to:progress:)`` would run now, as a script; nothing is changed and no lock taken.
    ///
    /// The script is plain SQL without commands of any shell. Each revision checks first that the database is in the state
    /// for which the script was made. On PostgreSQL a failed revision is rolled back whatever the tool does next, and
    /// everything after it refuses to run; SQLite's shell has to be told to stop: `sqlite3 -bail`.
    ///
    /// - Returns: Lines for the database's own shell, the records included; empty if nothing is missing.
    /// - Throws: ``MigrationError`` as for the upgrade itself; with `adoptionRefused` where an upgrade would first take over
    ///   what another tool made, which no script can do.
    public func upgradeScript(to target: MigrationTarget = .head) async throws -> String {
        let (state, status) = try await self.stateAndStatus()
        if !status.waitingForAdoption.isEmpty || !status.unrecordedTables.isEmpty {
            throw MigrationError(.adoptionRefused, message: "no script can be made: \(status); upgrade without a script first")
        }
        return self.script(try self.pendingSteps(for: target, state: state), after: state.records)
    }

    /// The statements that ``downgrade(to:progress:)`` would run now, as a script; nothing is changed and no lock taken.
    ///
    /// - Returns: Lines for the database's own shell, the records included; empty if nothing is to be undone.
    /// - Throws: ``MigrationError`` as for the downgrade itself.
    public func downgradeScript(to target: MigrationTarget) async throws -> String {
        let state = try await self.state()
        return self.script(try self.downgradePlan(to: target, state: state).steps, after: state.records)
    }

    private func script(_ steps: [MigrationStep], after records: [RevisionRecord]) -> String {
        if steps.isEmpty { return "" }
        let dialect = self.database.dialect
        var lines = ScriptText.opening(dialect)
        var count = records.count
        let position = records.last?.position ?? 0
        for (index, step) in steps.enumerated() {
            let mark = step.direction == .up ? "up" : "down"
            lines += ["", "-- \(step.key) \(mark): \(step.revision.title)"]
            if step.revision.runsInTransaction {
                lines.append("BEGIN;")
                if dialect == .postgres { lines.append("LOCK TABLE gatehouse_revisions IN EXCLUSIVE MODE;") }
            }
            lines += ScriptText.guarding(step, recordCount: count, dialect)
            lines += step.statements.map { "\($0.description);" }
            if dialect == .sqlite { lines.append(ScriptText.soundForeignKeys) }
            lines.append(ScriptText.recording(of: step, position: position + index + 1, dialect))
            if step.revision.runsInTransaction { lines.append("COMMIT;") }
            count += step.direction == .up ? 1 : -1
        }
        lines += ScriptText.closing(dialect)
        return lines.joined(separator: "\n") + "\n"
    }
}
