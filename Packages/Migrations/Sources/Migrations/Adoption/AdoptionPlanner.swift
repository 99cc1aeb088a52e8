/// Decides which revision the tables of another tool are, from what is there and what revisions would make.
struct AdoptionPlanner {
    /// One chain that is taken over.
    struct Adoption: Sendable, Equatable {
        let key: Revision.Key
        var differences: [String]
    }

    let graph: RevisionGraph
    let rehearsal: Rehearsal
    let actual: SchemaPicture
    /// What the other tool wrote down; empty if there is no other tool.
    let versions: [String]
    let applied: Set<Revision.Key>

    /// - Throws: `adoptionRefused` or `unrecordedTables` with everything that stands against it, for all chains at once.
    func plan(for chains: [String]) throws(MigrationError) -> [Adoption] {
        var found: [(chain: String, stage: Rehearsal.Stage)] = []
        var refusals: [String] = []
        for chain in chains {
            let stages = self.rehearsal.stages[chain] ?? []
            switch self.finding(stages, among: chains) {
            case .none: continue
            case .revision(let stage): found.append((chain, stage))
            case .refusal(let reasons): refusals += reasons.map { "chain \(chain): \($0)" }
            }
        }
        if self.versions.isEmpty, !found.isEmpty || !refusals.isEmpty {
            throw self.unrecorded(found.map(\.stage), refusals)
        }
        refusals += self.missingGround(found.map(\.stage.key))
        guard refusals.isEmpty else {
            throw MigrationError(
                .adoptionRefused,
                message: "the database cannot be taken over, nothing was changed: " + refusals.joined(separator: "; "))
        }
        return self.adoptions(found)
    }

    private enum Finding {
        case none
        case revision(Rehearsal.Stage)
        case refusal([String])
    }

    private func finding(_ stages: [Rehearsal.Stage], among chains: [String]) -> Finding {
        let named = stages.lastIndex { stage in
            self.versions.contains(stage.key.revision)
                && (!self.isShared(stage.key, among: chains) || self.missing(stage).isEmpty)
        }
        let isThere = stages.contains { stage in stage.columns.keys.contains { self.actual.columnTypes[$0] != nil } }
        if let named {
            let missing = self.missing(stages[named])
            if !missing.isEmpty {
                let claim = "alembic_version names \(stages[named].key.revision), of which this is missing: "
                return .refusal([claim + missing.joined(separator: ", ")])
            }
        }
        guard isThere || named != nil else { return .none }
        let newest = stages.indices.last { index in
            self.missing(stages[index]).isEmpty && (index <= (named ?? -1) || self.isEvident(stages[index]))
        }
        guard let newest else {
            let first = stages.first { !$0.columns.isEmpty }
            let missing = first.map(self.missing) ?? []
            let words = "some of revision \(first?.key.revision ?? "") is there, but not: "
            return .refusal([words + missing.joined(separator: ", ")])
        }
        let stage = stages[newest]
        for later in stages[(newest + 1)...] {
            let early = later.added.filter {
                $0.kind == "column" && stage.columns[$0] == nil && self.actual.columnTypes[$0] != nil
            }
            if early.isEmpty { continue }
            let words = early.sorted().map(\.words).joined(separator: ", ")
            let missing = self.missing(later).joined(separator: ", ")
            return .refusal(["revision \(later.key.revision) is there in part: \(words) exist, but not: \(missing)"])
        }
        return .revision(stage)
    }

    /// Whether the other tool may mean another chain by an id: short ones such as `0001` occur in several.
    private func isShared(_ key: Revision.Key, among chains: [String]) -> Bool {
        let present = Set(chains).union(self.applied.map(\.chain))
        return self.graph.order.contains {
            $0.revision == key.revision && $0.chain != key.chain && present.contains($0.chain)
        }
    }

    /// The columns of a stage that are not there or are of another type.
    private func missing(_ stage: Rehearsal.Stage) -> [String] {
        var lines: [String] = []
        var absentTables: Set<String> = []
        for (name, expected) in stage.columns.sorted(by: { $0.key < $1.key }) {
            if let type = self.actual.columnTypes[name] {
                if !ColumnType.isCompatible(type, with: expected) {
                    lines.append("\(name.words) as \(expected) (it is \(type))")
                }
            } else if self.hasTable(name.owner) {
                lines.append("\(name.words) as \(expected)")
            } else if absentTables.insert(name.owner).inserted {
                lines.append("table \(name.owner)")
            }
        }
        return lines
    }

    private func hasTable(_ name: String) -> Bool {
        self.actual.objects[SchemaPicture.Name(kind: "table", owner: name, name: name)] != nil
    }

    /// Whether the schema shows that the revision itself was done, beyond the ones before it.
    private func isEvident(_ stage: Rehearsal.Stage) -> Bool {
        if stage.added.contains(where: { $0.kind == "column" }) { return true }
        let removed = stage.removed.filter { $0.kind == "column" }
        if !removed.isEmpty { return removed.allSatisfy { self.actual.columnTypes[$0] == nil } }
        // Only indexes, constraints and the like: they count by what they are, whatever their names.
        let others = stage.added.filter { $0.kind != "table" }
        return !others.isEmpty
            && others.allSatisfy { name in
                self.actual.objects[name] == stage.objects[name]
                    || self.actual.objects.contains {
                        $0.key.kind == name.kind && $0.key.owner == name.owner && $0.value == stage.objects[name]
                    }
            }
    }

    /// Adopted revisions that stand on something of another chain which is not there.
    private func missingGround(_ keys: [Revision.Key]) -> [String] {
        let present = keys.reduce(into: self.applied) { present, key in
            // What a chain has before an adopted revision comes with it.
            present.formUnion(self.graph.line(upTo: key))
        }
        return keys.flatMap { key in
            let absent = self.graph.ancestry(of: key).subtracting(present).map(\.description).sorted()
            return absent.map { "revision \(key) stands on \($0), which is not there" }
        }
    }

    private func unrecorded(_ stages: [Rehearsal.Stage], _ refusals: [String]) -> MigrationError {
        var parts = stages.map { stage in
            let tables = Set(stage.columns.keys.map(\.owner)).sorted().joined(separator: ", ")
            return "\(tables) look like revision \(stage.key): if they are, say so with \"stamp \(stage.key)\""
        }
        parts += refusals
        return MigrationError(
            .unrecordedTables,
            message: "the database has tables, and nothing says who made them; nothing was changed: "
                + parts.joined(separator: "; "))
    }

    private func adoptions(_ found: [(chain: String, stage: Rehearsal.Stage)]) -> [Adoption] {
        // What other chains made of the same tables is not extra.
        var expected: Set<SchemaPicture.Name> = []
        for (chain, stages) in self.rehearsal.stages {
            let stage = found.first { $0.chain == chain }?.stage ?? stages.last
            expected.formUnion(stage?.objects.keys.map { $0 } ?? [])
        }
        var adoptions = found.map { found in
            let stage = found.stage
            let tables = Set(stage.columns.keys.map(\.owner))
            let relevant = self.actual.objects.filter { object in
                if stage.objects[object.key] != nil { return true }
                return tables.contains(object.key.owner) && !expected.contains(object.key) && !object.key.isOrder
            }
            var lines = SchemaDifferences.lines(actual: relevant, expected: stage.objects).map(self.warned)
            let partial = (self.rehearsal.stages[found.chain] ?? []).filter { $0.isPartial }.map(\.key.revision)
            if !partial.isEmpty {
                lines.append("not compared: statements of \(partial.joined(separator: ", ")) that run in no transaction")
            }
            return Adoption(key: stage.key, differences: lines)
        }
        if !adoptions.isEmpty { adoptions[0].differences += self.unknown() }
        return adoptions
    }

    /// What belongs to no chain at all.
    private func unknown() -> [String] {
        let ids = Set(self.graph.order.map(\.revision))
        let versions = self.versions.filter { !ids.contains($0) }
            .map { "alembic_version names revision \($0), which this program does not know" }
        let tables = self.actual.tables.filter { !self.rehearsal.tables.contains($0) }
            .map { "table \($0) belongs to no revision of this program" }
        return versions + tables
    }

    private func warned(_ line: String) -> String {
        let isObstacle = line.hasPrefix("column ") && line.contains(" is extra") && line.contains("NOT NULL")
        return isObstacle && !line.contains(" DEFAULT ") && !line.contains(" GENERATED ")
            ? line + ": rows cannot be inserted without it" : line
    }
}
