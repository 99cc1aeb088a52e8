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

    /// What drops at the server what made room here; `nil` if nothing did. It goes alone, for some statements refuse company.
    mutating func takeDeallocations() -> CommandGroup? {
        if self.evicted.isEmpty { return nil }
        var group = CommandGroup()
        for name in self.evicted { group.append(.plain("DEALLOCATE \(name)")) }
        self.evicted = []
        return group
    }

    /// Adds a statement to a group, with its preparation unless it is known.
    mutating func add(
        _ sql: SQL, isControl: Bool, parameters: ParameterBuffer = ParameterBuffer(), to group: inout CommandGroup
    ) throws(PersistenceError) -> (statement: PreparedStatement, isKnown: Bool) {
        if let statement = self.kept.find(sql.shape) {
            group.append(.execute(statement, parameters))
            return (statement, true)
        }
        self.count += 1
        let statement = try PreparedStatement(sql, name: "gatehouse_\(self.count)", isControl: isControl)
        group.append(.prepare(statement))
        group.append(.execute(statement, parameters))
        return (statement, false)
    }

    /// Remembers the statements that were prepared by the commands before an index.
    mutating func keepPrepared(of group: CommandGroup, before index: Int) {
        for case .prepare(let statement) in group.commands.prefix(index) {
            if let old = self.kept.insert(statement, for: statement.shape) { self.evicted.append(old.name) }
        }
    }

    /// Forgets a statement that no longer fits the schema; or all, if the server has none of them any more.
    mutating func forget(_ statement: PreparedStatement, isGone: Bool) {
        if isGone {
            self.kept.removeAll()
            self.evicted = []
        } else {
            self.kept.remove(statement.shape)
            self.evicted.append(statement.name)
        }
    }
}
