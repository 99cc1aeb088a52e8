public import Persistence

/// Lists the tags that traces have been given.
public struct TagCatalogue: Sendable {
    /// The most names that are told at once: 10 000.
    public static let maximumNames = 10_000

    private let database: any Database

    /// Creates a catalogue over a migrated database.
    public init(database: any Database) {
        self.database = database
    }

    /// The names of tags, sorted by bytes: the first ``maximumNames`` of them.
    ///
    /// - Parameter prefix: How the names begin, as typed: it is brought into the normal form of ``TagName``, and no name begins with what
    ///   has none. All names when empty.
    /// - Throws: `PersistenceError`.
    public func names(beginningWith prefix: String = "") async throws -> [String] {
        let bytes = self.database.dialect.byteOrder
        var condition: SQL = ""
        if !prefix.utf8.isEmpty {
            guard let first = TagName(prefix)?.text else { return [] }
            // The tilde is behind everything that a name may hold.
            condition = "WHERE name \(bytes) >= \(first) AND name \(bytes) < \(first + "~")"
        }
        return try await self.database.query(
            "SELECT name FROM tags \(condition) ORDER BY name \(bytes) LIMIT \(Self.maximumNames)"
        ).map { try $0.decode("name") }
    }
}
