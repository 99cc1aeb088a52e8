import Persistence

extension Migrator {
    /// What stands between the database and the newest schema: for a program at its start, and for people.
    ///
    /// Takes no lock and changes nothing; it reads the catalogue and the records only, so it suits any user of the database
    /// and any moment. Whether tables that wait for adoption can be taken over shows when an upgrade compares them.
    ///
    /// - Throws: ``MigrationError`` when the records and the program disagree; the database's errors.
    public func status() async throws -> DatabaseStatus {
        try await self.stateAndStatus().status
    }

    func stateAndStatus() async throws -> (state: DatabaseState, status: DatabaseStatus) {
        let state = try await self.state()
        let pending = try self.pendingKeys(for: .head, state: state)
        let traces = try await self.traces(given: state)
        let isAdoptable = self.database.dialect == .postgres && !traces.versions.isEmpty
        let status = DatabaseStatus(
            pending: pending, waitingForAdoption: isAdoptable ? traces.chains : [],
            unrecordedTables: isAdoptable ? [] : traces.tables)
        return (state, status)
    }

    /// Takes over what another tool made and records it, or does nothing where nothing is to be taken over.
    ///
    /// - Returns: Whether anything was recorded.
    func adopt(
        given state: DatabaseState, progress: @escaping @Sendable (MigrationProgress) -> Void
    ) async throws -> Bool {
        let traces = try await self.traces(given: state)
        if traces.chains.isEmpty { return false }
        guard self.database.dialect == .postgres else {
            throw MigrationError(
                .unrecordedTables,
                message: "the database has tables without a record: \(traces.tables.joined(separator: ", ")); nothing was "
                    + "changed. Only PostgreSQL databases are compared and taken over; if the tables are those of a revision, "
                    + "say so with \"stamp CHAIN:REVISION\"")
        }
        let planner = AdoptionPlanner(
            graph: self.graph, rehearsal: try await Rehearsal.run(self.graph, on: self.database),
            actual: try await self.database.read { try SchemaPicture($0) }, versions: traces.versions, applied: state.applied)
        let adoptions = try planner.plan(for: traces.chains)
        if adoptions.isEmpty { return false }
        let keys = adoptions.reduce(into: Set<Revision.Key>()) { $0.formUnion(self.graph.line(upTo: $1.key)) }
        try await self.record(try self.steps(self.graph.order.filter(keys.contains), .up), removing: [])
        for adoption in adoptions { progress(.adopted(adoption.key, differences: adoption.differences)) }
        return true
    }

    private struct Traces: Sendable {
        /// Chains without records of which something is there, or of which another tool says so.
        var chains: [String] = []
        /// The tables of those chains that are there.
        var tables: [String] = []
        /// What another tool wrote down.
        var versions: [String] = []
    }

    private func traces(given state: DatabaseState) async throws -> Traces {
        let recorded = Set(state.records.map(\.key.chain))
        // A chain of which nothing can be applied here cannot be taken over either, whatever looks like it.
        let open = self.graph.chains.filter { chain in
            !recorded.contains(chain.name)
                && chain.revisions.contains {
                    !state.inapplicable.contains(Revision.Key(chain: chain.name, revision: $0.id))
                }
        }
        if open.isEmpty { return Traces() }
        let dialect = self.database.dialect
        let (versions, existing, isOurs) = try await self.database.read { connection in
            (
                try ForeignRecords.versions(connection), try CreatedNames.existing(connection),
                try RevisionTable.exists(connection)
            )
        }
        var traces = Traces(versions: versions)
        var claimed: Set<String> = []
        for chain in self.graph.chains where recorded.contains(chain.name) { claimed.formUnion(chain.revisions.map(\.id)) }
        var left: [RevisionChain] = []
        for chain in open {
            let names = CreatedNames(chain.revisions.flatMap { $0.script(for: dialect)?.up ?? [] })
            let found = names.found(in: existing)
            if found.isEmpty {
                left.append(chain)
            } else {
                traces.chains.append(chain.name)
                traces.tables += found
                claimed.formUnion(chain.revisions.map(\.id))
            }
        }
        // A claim without a table is an error, unless the id is another chain's or the tables were taken down by us.
        if !isOurs {
            for chain in left where chain.revisions.contains(where: { versions.contains($0.id) && !claimed.contains($0.id) }) {
                traces.chains.append(chain.name)
            }
        }
        traces.tables = Set(traces.tables).sorted()
        return traces
    }
}

extension RevisionGraph {
    /// A revision and those before it in its own chain.
    func line(upTo key: Revision.Key) -> Set<Revision.Key> {
        self.ancestry(of: key).filter { $0.chain == key.chain }
    }
}
