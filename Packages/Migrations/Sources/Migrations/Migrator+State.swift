import Persistence

extension Migrator {
    /// Every revision of the program in the order of its chains, with what the database has of it; takes no lock.
    ///
    /// - Throws: ``MigrationError`` when the records and the program disagree; the database's errors.
    public func history() async throws -> [RevisionStatus] {
        let records = try await self.verifiedRecords()
        let applied = Dictionary(records.map { ($0.key, $0.appliedAt) }, uniquingKeysWith: { first, _ in first })
        return self.graph.chains.flatMap { chain in
            chain.revisions.map { revision in
                let key = Revision.Key(chain: chain.name, revision: revision.id)
                return RevisionStatus(
                    key: key, title: revision.title, appliedAt: applied[key], isHead: key == chain.head)
            }
        }
    }

    /// Where the database stands in each chain; takes no lock.
    ///
    /// - Throws: ``MigrationError`` when the records and the program disagree; the database's errors.
    public func current() async throws -> [ChainStatus] {
        let history = try await self.history()
        return self.graph.chains.map { chain in
            let members = history.filter { $0.key.chain == chain.name }
            return ChainStatus(
                chain: chain.name, current: members.last { $0.appliedAt != nil }?.key,
                pending: members.filter { $0.appliedAt == nil }.map(\.key))
        }
    }

    /// What is missing for the newest schema, in the order of application; empty if the database is at head. Takes no lock.
    ///
    /// - Throws: ``MigrationError`` when the records and the program disagree; the database's errors.
    public func check() async throws -> [Revision.Key] {
        try self.graph.pending(for: .head, applied: Set(try await self.verifiedRecords().map(\.key)))
    }

    /// The records, once they are known to agree with the program.
    func verifiedRecords() async throws -> [RevisionRecord] {
        let records = try await self.database.read { try RevisionTable.records($0) }
        let applied = Set(records.map(\.key))
        for record in records {
            guard let revision = self.graph.revision(record.key) else {
                throw MigrationError(
                    .unknownRevision,
                    message:
                        "the database has revision \(record.key), which this program does not know: it was migrated by a newer one"
                )
            }
            let step = try MigrationStep(
                revision, of: record.key.chain, direction: .up, dialect: self.database.dialect)
            guard step.checksum == record.checksum else {
                throw MigrationError(
                    .changedRevision, message: "revision \(record.key) was changed after it had been applied to this database")
            }
            for needed in self.graph.ancestry(of: record.key) where !applied.contains(needed) {
                throw MigrationError(
                    .brokenHistory, message: "the database has revision \(record.key), but not \(needed), on which it stands")
            }
        }
        return records
    }

    func upgradeSteps(to target: MigrationTarget, records: [RevisionRecord]) throws(MigrationError) -> [MigrationStep] {
        try self.steps(try self.graph.pending(for: target, applied: Set(records.map(\.key))), .up)
    }

    func downgradeSteps(to target: MigrationTarget, records: [RevisionRecord]) throws(MigrationError) -> [MigrationStep] {
        try self.steps(try self.graph.surplus(for: target, applied: records.map(\.key)), .down)
    }

    private func steps(
        _ keys: [Revision.Key], _ direction: MigrationStep.Direction
    ) throws(MigrationError) -> [MigrationStep] {
        var steps: [MigrationStep] = []
        for key in keys {
            guard let revision = self.graph.revision(key) else { continue }
            steps.append(
                try MigrationStep(revision, of: key.chain, direction: direction, dialect: self.database.dialect))
        }
        return steps
    }
}
