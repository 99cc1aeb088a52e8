import Persistence

extension Migrator {
    /// The statements that ``upgrade(to:progress:)`` would run now, as a script; nothing is changed and no lock taken.
    ///
    /// - Returns: Lines for the database's own shell, the records included; empty if nothing is missing.
    /// - Throws: ``MigrationError`` as for the upgrade itself.
    public func upgradeScript(to target: MigrationTarget = .head) async throws -> String {
        let records = try await self.verifiedRecords()
        return self.script(try self.upgradeSteps(to: target, records: records), after: records.last?.position ?? 0)
    }

    /// The statements that ``downgrade(to:progress:)`` would run now, as a script; nothing is changed and no lock taken.
    ///
    /// - Returns: Lines for the database's own shell, the records included; empty if nothing is to be undone.
    /// - Throws: ``MigrationError`` as for the downgrade itself.
    public func downgradeScript(to target: MigrationTarget) async throws -> String {
        let records = try await self.verifiedRecords()
        return self.script(try self.downgradeSteps(to: target, records: records), after: 0)
    }

    private func script(_ steps: [MigrationStep], after position: Int) -> String {
        if steps.isEmpty { return "" }
        var lines = [RevisionTable.creation(self.database.dialect).description + ";"]
        for (index, step) in steps.enumerated() {
            let mark = step.direction == .up ? "up" : "down"
            lines += ["", "-- \(step.key) \(mark): \(step.revision.title)"]
            if step.revision.runsInTransaction { lines.append("BEGIN;") }
            lines += step.statements.map { "\($0.description);" }
            lines.append(self.recording(of: step, position: position + index + 1))
            if step.revision.runsInTransaction { lines.append("COMMIT;") }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Chains, ids and checksums consist of letters, digits and a few signs, so they can stand between quotes as they are.
    private func recording(of step: MigrationStep, position: Int) -> String {
        let (chain, revision) = (step.key.chain, step.key.revision)
        switch step.direction {
        case .down:
            return "DELETE FROM gatehouse_revisions WHERE chain = '\(chain)' AND revision = '\(revision)';"
        case .up:
            let now =
                switch self.database.dialect {
                case .sqlite: "strftime('%Y-%m-%dT%H:%M:%f', 'now') || '000Z'"
                case .postgres: "now()"
                }
            return """
                INSERT INTO gatehouse_revisions (chain, revision, checksum, applied_at, duration_ms, position)
                VALUES ('\(chain)', '\(revision)', '\(step.checksum)', \(now), 0, \(position));
                """
        }
    }
}
