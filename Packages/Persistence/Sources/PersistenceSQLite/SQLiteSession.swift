import GRDBSQLite
import Persistence
import PersistenceDriver

/// One connection on its thread: transactions around bodies, and statements kept compiled.
final class SQLiteSession: LendableSession {
    enum Mode {
        case snapshot, autocommit, transaction

        var opening: String? {
            switch self {
            case .snapshot: "BEGIN"
            case .autocommit: nil
            case .transaction: "BEGIN IMMEDIATE"
            }
        }
    }

    var dialect: SQLDialect { .sqlite }

    let handle: OpaquePointer
    private let interruption: Interruption
    private var statements: StatementCache<String, PreparedStatement>
    private let transaction = TransactionState()

    init(handle: OpaquePointer, interruption: Interruption, cacheSize: Int) {
        self.handle = handle
        self.interruption = interruption
        self.statements = StatementCache(capacity: cacheSize)
        // GRDB watches what statements read and write for its observers; there are none.
        sqlite3_set_authorizer(handle, nil, nil)
        // An interrupt that comes between two statements is lost; this one sees the wish while any of them works.
        sqlite3_progress_handler(
            handle, 4000,
            { context in
                guard let context else { return 0 }
                return Unmanaged<Interruption>.fromOpaque(context).takeUnretainedValue().isRequested ? 1 : 0
            }, Unmanaged.passUnretained(interruption).toOpaque())
    }

    /// Lets go of the compiled statements, without which the connection cannot be closed.
    func end() {
        sqlite3_progress_handler(self.handle, 0, nil, nil)
        self.statements.removeAll()
    }

    /// Runs a borrower's body, with the transaction that its mode asks for.
    func run<T>(_ mode: Mode, _ body: (any DatabaseConnection) throws -> T) throws -> T {
        let loan = SessionLoan(self)
        defer { loan.end() }
        guard let opening = mode.opening else { return try body(loan) }
        try self.control(opening)
        self.transaction.begin()
        defer { self.transaction.end() }
        do {
            let result = try body(loan)
            if mode == .transaction, self.interruption.isRequested { throw CancellationError() }
            if mode == .transaction { try self.transaction.check() }
            try self.control("COMMIT")
            return result
        } catch {
            self.rollBack()
            throw error
        }
    }

    func query(_ sql: SQL, firstOnly: Bool) throws(PersistenceError) -> [Row] {
        try self.transaction.noting { () throws(PersistenceError) in
            let statement = try self.prepared(sql)
            defer { statement.reset() }
            try statement.bind(sql.values, handle: self.handle)
            var rows: [Row] = []
            while try self.step(statement) {
                if !firstOnly || rows.isEmpty { rows.append(try statement.row()) }
                if firstOnly, statement.isReadOnly { break }
            }
            return rows
        }
    }

    func execute(_ sql: SQL) throws(PersistenceError) -> Int {
        try self.transaction.noting { () throws(PersistenceError) in
            let statement = try self.prepared(sql)
            defer { statement.reset() }
            try statement.bind(sql.values, handle: self.handle)
            while try self.step(statement) {}
            return statement.changesRows ? Int(sqlite3_changes64(self.handle)) : 0
        }
    }

    func savepoint<T>(_ body: () throws -> T) throws -> T {
        let name = try self.transaction.nextSavepoint()
        try self.control("SAVEPOINT \(name)")
        self.transaction.enter()
        do {
            let result = try body()
            try self.transaction.check()
            try self.control("RELEASE \(name)")
            self.transaction.leave()
            return result
        } catch {
            try self.control("ROLLBACK TO \(name)")
            try self.control("RELEASE \(name)")
            self.transaction.undo()
            throw error
        }
    }

    private func control(_ text: String) throws(PersistenceError) {
        let statement = try self.statement(for: text, isControl: true)
        defer { statement.reset() }
        while try self.step(statement) {}
    }

    private func rollBack() {
        // SQLite itself has rolled back after some errors, such as a full disk. The interrupt that led here may strike
        // once more, so a rollback that it stopped is done again.
        for _ in 0..<2 where sqlite3_get_autocommit(self.handle) == 0 {
            sqlite3_exec(self.handle, "ROLLBACK", nil, nil, nil)
        }
    }

    private func prepared(_ sql: SQL) throws(PersistenceError) -> PreparedStatement {
        if self.interruption.isRequested { throw Self.interrupted }
        return try self.statement(for: sql.text(for: .sqlite), isControl: false)
    }

    private func statement(for text: String, isControl: Bool) throws(PersistenceError) -> PreparedStatement {
        if let statement = self.statements.find(text) { return statement }
        let statement = try PreparedStatement(text: text, handle: self.handle, isControl: isControl)
        _ = self.statements.insert(statement, for: text)
        return statement
    }

    /// Goes to the next row; `false` at the end.
    private func step(_ statement: PreparedStatement) throws(PersistenceError) -> Bool {
        switch sqlite3_step(statement.pointer) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        default:
            let failure = SQLiteFailure(handle: self.handle)
            statement.reset()
            if self.interruption.isRequested, failure.isInterruption { throw Self.interrupted }
            throw failure.error(in: self)
        }
    }

    private static var interrupted: PersistenceError {
        PersistenceError(.cancelled, message: "the statement was interrupted")
    }
}
