import Persistence

/// What each revision of a program makes of an empty schema, found out by running it and looking.
struct Rehearsal: Sendable {
    /// What a chain has made by the end of one of its revisions, without what other chains made.
    struct Stage: Sendable {
        let key: Revision.Key
        /// All objects that the chain made or changed up to here.
        var objects: [SchemaPicture.Name: String]
        /// The types of all columns that the chain made or changed up to here.
        var columns: [SchemaPicture.Name: String]
        /// What this revision itself made or changed.
        let added: Set<SchemaPicture.Name>
        /// What this revision itself took away.
        let removed: Set<SchemaPicture.Name>
        /// Whether statements were left out that refuse to run in a transaction.
        let isPartial: Bool
    }

    /// The stages of every chain, without optional revisions that do not apply.
    private(set) var stages: [String: [Stage]] = [:]

    /// Every table that any revision makes.
    var tables: Set<String> {
        Set(self.stages.values.joined().flatMap { $0.added.filter { $0.kind == "table" }.map(\.name) })
    }

    private init() {}

    /// Runs all revisions on PostgreSQL in a schema of their own, within a transaction that is rolled back.
    ///
    /// The present search path stays behind the new schema, so that types of extensions are found.
    static func run(_ graph: RevisionGraph, on database: any Database) async throws -> Rehearsal {
        let schema = "gatehouse_rehearsal_" + String(UInt64.random(in: .min ... .max), radix: 16)
        do {
            try await database.transaction(isolation: .readCommitted) { connection in
                throw Outcome(rehearsal: try Self.perform(graph, schema: schema, on: connection))
            }
        } catch let outcome as Outcome {
            return outcome.rehearsal
        }
        preconditionFailure("the body of the transaction always throws")
    }

    /// Takes the result out of a transaction that must not be committed.
    private struct Outcome: Error {
        let rehearsal: Rehearsal
    }

    private static func perform(
        _ graph: RevisionGraph, schema: String, on connection: any DatabaseConnection
    ) throws -> Rehearsal {
        do {
            try connection.execute("CREATE SCHEMA \(identifier: schema)")
        } catch {
            throw MigrationError(
                .adoptionRefused,
                message: "to compare the tables, the user of the database has to be allowed to create a schema, which is "
                    + "rolled back again (GRANT CREATE ON DATABASE): \(error)", cause: error)
        }
        let path: String? = try connection.queryOne("SELECT current_setting('search_path') AS path")?.decode("path")
        let quoted = "\"\(schema)\"" + (path.map { $0.isEmpty ? "" : ", " + $0 } ?? "")
        _ = try connection.query("SELECT set_config('search_path', \(quoted), true) AS path")
        var rehearsal = Rehearsal()
        var before = try SchemaPicture(connection)
        for key in graph.order {
            guard let revision = graph.revision(key), let script = revision.script(for: .postgres) else { continue }
            let isReachable = revision.parent == nil || rehearsal.stages[key.chain]?.last?.key.revision == revision.parent
            guard try isReachable && graph.isApplicable(key, on: connection) else { continue }
            let isPartial = try Self.perform(script, of: key, inTransaction: revision.runsInTransaction, on: connection)
            let after = try SchemaPicture(connection)
            rehearsal.append(key, before: before, after: after, isPartial: isPartial)
            before = after
        }
        return rehearsal
    }

    /// Returns whether something was left out.
    private static func perform(
        _ script: Revision.Script, of key: Revision.Key, inTransaction: Bool, on connection: any DatabaseConnection
    ) throws -> Bool {
        var isPartial = false
        for (index, statement) in script.up.enumerated() {
            do {
                if inTransaction {
                    try connection.execute(SQL(unchecked: statement.description))
                } else {
                    try connection.savepoint { _ = try connection.execute(Self.inTransaction(statement)) }
                }
            } catch let error as PersistenceError where inTransaction {
                throw MigrationError(
                    .adoptionRefused,
                    message: "the tables cannot be compared: statement \(index + 1) of revision \(key) fails in an empty "
                        + "schema: \(error)", cause: error)
            } catch let error as PersistenceError where error.code != .transactionFailed && error.code != .unavailable {
                isPartial = true
            }
        }
        return isPartial
    }

    /// An index is the same however it was built.
    private static func inTransaction(_ statement: StaticString) -> SQL {
        let words = statement.description.split(separator: " ", omittingEmptySubsequences: false)
        return SQL(unchecked: words.filter { $0.uppercased() != "CONCURRENTLY" }.joined(separator: " "))
    }

    private mutating func append(
        _ key: Revision.Key, before: SchemaPicture, after: SchemaPicture, isPartial: Bool
    ) {
        let added = after.objects.filter { before.objects[$0.key] != $0.value && !$0.key.isOrder }
        let removed = before.objects.keys.filter { after.objects[$0] == nil && !$0.isOrder }
        let last = self.stages[key.chain]?.last
        var stage = Stage(
            key: key, objects: last?.objects ?? [:], columns: last?.columns ?? [:], added: Set(added.keys),
            removed: Set(removed), isPartial: isPartial)
        for name in removed {
            stage.objects[name] = nil
            stage.columns[name] = nil
        }
        for (name, definition) in added {
            stage.objects[name] = definition
            if let type = after.columnTypes[name] { stage.columns[name] = type }
        }
        self.stages[key.chain, default: []].append(stage)
    }
}

extension SchemaPicture.Name {
    /// The order of columns differs with the history of a table and changes nothing for named columns.
    var isOrder: Bool { self.kind == "order of columns" }
}
