public import Persistence

/// One step of a schema's history, written by hand for each dialect.
///
/// ```swift
/// let revision = Revision(
///     "0002", parent: "0001", title: "notes get an author",
///     sqlite: Revision.Script(
///         up: ["ALTER TABLE notes ADD COLUMN author VARCHAR(100)"],
///         down: ["ALTER TABLE notes DROP COLUMN author"]
///     )
/// )
/// ```
public struct Revision: Sendable {
    /// The name of a revision among all chains, written `commons:c3d4e5f6a7b8`.
    public struct Key: Sendable, Hashable, CustomStringConvertible {
        /// The name of the chain.
        public let chain: String
        /// The id within the chain.
        public let revision: String

        /// Creates a name, which need not exist.
        public init(chain: String, revision: String) {
            self.chain = chain
            self.revision = revision
        }

        /// Chain and id: `commons:c3d4e5f6a7b8`.
        public var description: String { "\(self.chain):\(self.revision)" }
    }

    /// The statements of one dialect, each a statement of its own without the closing semicolon.
    ///
    /// They are literals of the program: nothing from outside can get into a schema change. Both lists may be empty.
    public struct Script: Sendable {
        /// What leads to the new schema.
        public let up: [StaticString]
        /// What leads back to exactly the former one, usually in reverse order.
        public let down: [StaticString]

        /// Creates a script.
        public init(up: [StaticString], down: [StaticString]) {
            self.up = up
            self.down = down
        }
    }

    /// A question to the database that decides whether a revision applies there.
    ///
    /// `Revision.Condition(postgres: "SELECT 1 FROM pg_available_extensions WHERE name = 'vector'")` holds on servers that
    /// can load the extension.
    public struct Condition: Sendable {
        let questions: [SQLDialect: StaticString]

        /// Creates a condition, which holds where its query gives a row.
        ///
        /// - Parameters:
        ///   - sqlite: The query for SQLite; `nil` if the condition holds wherever the revision has statements.
        ///   - postgres: The query for PostgreSQL; `nil` as for SQLite.
        public init(sqlite: StaticString? = nil, postgres: StaticString? = nil) {
            var questions: [SQLDialect: StaticString] = [:]
            questions[.sqlite] = sqlite
            questions[.postgres] = postgres
            self.questions = questions
        }
    }

    /// The id, unique in its chain: 1 to 64 of `A-Z a-z 0-9 _ . -`.
    public let id: String

    /// The revision before this one, `nil` for the first.
    public let parent: String?

    /// What it does, in words for people; one line.
    public let title: String

    /// Revisions of other chains that have to be applied before.
    public let dependencies: [Key]

    /// Whether all statements and the record take effect together, as they should wherever the database can do it.
    public let runsInTransaction: Bool

    /// Whether the revision may be left out where it cannot be applied.
    public var isOptional: Bool { self.condition != nil }

    let condition: Condition?
    private let scripts: [SQLDialect: Script]

    /// Creates a revision.
    ///
    /// - Parameters:
    ///   - id: Unique in its chain: 1 to 64 of `A-Z a-z 0-9 _ . -`.
    ///   - parent: The id of the revision before, `nil` for the first of the chain.
    ///   - title: What it does, in one line.
    ///   - dependsOn: Revisions of other chains that have to be applied before.
    ///   - runsInTransaction: `false` for statements that refuse to run in one, such as `CREATE INDEX CONCURRENTLY`; a
    ///     failure then leaves what was done so far.
    ///   - appliesWhere: Makes the revision optional: where the condition does not hold, or where there are no statements
    ///     for the dialect, it is left out without an error. Only the last revisions of a chain may be optional, and
    ///     nothing may depend on one. Once applied it stays recorded, whatever the condition says later.
    ///   - sqlite: The statements for SQLite, `nil` if the revision is not available there.
    ///   - postgres: The statements for PostgreSQL, `nil` if the revision is not available there.
    public init(
        _ id: String, parent: String?, title: StaticString, dependsOn: [Key] = [], runsInTransaction: Bool = true,
        appliesWhere condition: Condition? = nil, sqlite: Script? = nil, postgres: Script? = nil
    ) {
        self.id = id
        self.parent = parent
        self.title = title.description
        self.dependencies = dependsOn
        self.runsInTransaction = runsInTransaction
        self.condition = condition
        var scripts: [SQLDialect: Script] = [:]
        scripts[.sqlite] = sqlite
        scripts[.postgres] = postgres
        self.scripts = scripts
    }

    /// The statements for a dialect, `nil` if there are none.
    public func script(for dialect: SQLDialect) -> Script? {
        self.scripts[dialect]
    }
}
