import Persistence

extension Migrator {
    /// Every revision of the program in the order of its chains, with what the database has of it; takes no lock.
    ///
    /// - Throws: ``MigrationError`` when the records and the program disagree; the database's errors.
    public func history() async throws -> [RevisionStatus] {
        let state = try await self.state()
        let applied = Dictionary(state.records.map { ($0.key, $0.appliedAt) }, uniquingKeysWith: { first, _ in first })
        return self.graph.chains.flatMap { chain in
            chain.revisions.map { revision in
                let key = Revision.Key(chain: chain.name, revision: revision.id)
                return RevisionStatus(
                    key: key, title: revision.title, appliedAt: applied[key], isHead: key == chain.head,
                    isApplicable: !state.inapplicable.contains(key))
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
                pending: members.filter { $0.appliedAt == nil && $0.isApplicable }.map(\.key))
        }
    }

    /// What is missing for the newest schema, in the order of application; empty if the database is at head. Takes no lock.
    ///
    /// Optional revisions that do not apply are not missing. ``status()`` tells more.
    ///
    /// - Throws: ``MigrationError`` when the records and the program disagree; the database's errors.
    public func check() async throws -> [Revision.Key] {
        try self.pendingKeys(for: .head, state: try await self.state())
    }

    /// The records, once they are known to agree with the program, and what does not apply.
    func state() async throws -> DatabaseState {
        let graph = self.graph
        let state = try await self.database.read { connection in
            let records = try RevisionTable.records(connection)
            let inapplicable = try graph.inapplicable(applied: Set(records.map(\.key)), on: connection)
            return DatabaseState(records: records, inapplicable: inapplicable)
        }
        try self.verify(state)
        return state
    }

    private func verify(_ state: DatabaseState) throws(MigrationError) {
        let applied = state.applied
        for record in state.records {
            guard let revision = self.graph.revision(record.key) else {
                throw MigrationError(
                    .unknownRevision,
                    message: "the database has revision \(record.key), which this program does not know: "
                        + "it was migrated by a newer one")
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
    }
}
