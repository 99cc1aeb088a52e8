import Persistence

/// What a database says of itself, once it is known to agree with the program.
struct DatabaseState: Sendable {
    /// In the order of application.
    let records: [RevisionRecord]
    /// Optional revisions that are not applied and could not be now.
    let inapplicable: Set<Revision.Key>

    var applied: Set<Revision.Key> { Set(self.records.map(\.key)) }
}

extension RevisionGraph {
    /// Which optional revisions cannot be applied to this database as it is.
    func inapplicable(
        applied: Set<Revision.Key>, on connection: any DatabaseConnection
    ) throws(MigrationError) -> Set<Revision.Key> {
        var found: Set<Revision.Key> = []
        for key in self.order where !applied.contains(key) {
            guard let revision = self.revision(key), revision.isOptional else { continue }
            let standsOnOne = revision.parent.map { found.contains(Revision.Key(chain: key.chain, revision: $0)) } ?? false
            let isApplicable = standsOnOne ? false : try self.isApplicable(key, on: connection)
            if !isApplicable { found.insert(key) }
        }
        return found
    }

    /// Whether the condition of a revision holds; always so for one without.
    func isApplicable(_ key: Revision.Key, on connection: any DatabaseConnection) throws(MigrationError) -> Bool {
        guard let revision = self.revision(key), let condition = revision.condition else { return true }
        guard revision.script(for: connection.dialect) != nil else { return false }
        guard let question = condition.questions[connection.dialect] else { return true }
        do {
            return try connection.queryOne(SQL(unchecked: question.description)) != nil
        } catch {
            throw MigrationError(
                .revisionFailed, message: "the condition of revision \(key) cannot be asked: \(error)", cause: error)
        }
    }
}
