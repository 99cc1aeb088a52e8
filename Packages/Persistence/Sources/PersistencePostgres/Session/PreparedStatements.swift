import Persistence
import PersistenceDriver

/// What is prepared at the server for one connection, and what is to be dropped there.
struct PreparedStatements {
    private var kept: StatementCache<SQL.Shape, PreparedStatement>
    private var count = 0
    /// Names of statements that made room.
    private var evicted: [String] = []

    init(capacity: Int) {
        self.kept = StatementCache(capacity: capacity)
    }

    /// Whether nothing waits to be dropped at the server.
    var isTidy: Bool { self.evicted.isEmpty }

    /// The statement of a shape, if the server knows it and it is a borrower's.
    mutating func findQuery(_ shape: SQL.Shape) -> PreparedStatement? {
        guard let statement = self.kept.find(shape), !statement.isControl, !statement.changesSession else { return nil }
        return statement
    }

    /// The names of the statements that made room here and are now to be dropped at the server.
    mutating func takeEvicted() -> [String] {
        if self.evicted.isEmpty { return [] }
        defer { self.evicted = [] }
        return self.evicted
    }

    /// Adds a statement to a group, with its preparation unless it is known.
    mutating func add(
        _ sql: SQL, isControl: Bool, parameters: ParameterBuffer = ParameterBuffer(), to group: inout CommandGroup
    ) throws(PersistenceError) -> PreparedStatement {
        if let statement = self.kept.find(sql.shape) {
            // A borrower may have written word for word what we have.
            guard isControl || !statement.isControl else { throw PreparedStatement.controlsTransactions }
            group.append(.execute(statement, parameters))
            return statement
        }
        self.count += 1
        let statement = try PreparedStatement(sql, name: "gatehouse_\(self.count)", isControl: isControl)
        group.append(.prepare(statement))
        group.append(.execute(statement, parameters))
        return statement
    }

    /// Remembers the statements that were prepared by the commands before an index.
    mutating func keepPrepared(of group: CommandGroup, before index: Int) {
        for case .prepare(let statement) in group.commands.prefix(index) {
            if let old = self.kept.insert(statement, for: statement.shape) { self.evicted.append(old.name) }
        }
    }

    /// Forgets a statement that may no longer fit the schema.
    mutating func forget(_ statement: PreparedStatement) {
        self.kept.remove(statement.shape)
        self.evicted.append(statement.name)
    }

    /// Forgets all statements: where one no longer fits the schema others may not either, and each would cost its borrower a
    /// transaction.
    ///
    /// - Parameter isGone: Whether the server has none of them any more.
    mutating func forgetAll(isGone: Bool) {
        self.evicted = isGone ? [] : self.evicted + self.kept.statements.map(\.name)
        self.kept.removeAll()
    }
}
