import CLibpq
import Persistence
import PersistenceDriver

/// One connection on its thread: transactions around bodies, and statements kept prepared.
///
/// `BEGIN` travels with the first statement of a transaction, so it costs no round trip; a body that asks nothing begins
/// nothing. The end of a transaction for reading is sent when the body is over, and answered when the borrower has gone.
final class PostgresSession {
    enum Mode {
        case snapshot, autocommit
        case transaction(TransactionIsolation)

        var opening: SQL? {
            switch self {
            case .snapshot: "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
            case .autocommit: nil
            case .transaction(.readCommitted): "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"
            case .transaction(.repeatableRead): "BEGIN ISOLATION LEVEL REPEATABLE READ READ WRITE"
            case .transaction(.serializable): "BEGIN ISOLATION LEVEL SERIALIZABLE READ WRITE"
            }
        }

        var isForReading: Bool {
            if case .snapshot = self { true } else { false }
        }
    }

    private let channel: PostgresChannel
    private let transaction = TransactionState()
    private var statements: PreparedStatements
    /// What begins the transaction, until it was sent.
    private var opening: SQL?

    init(connection: LibpqConnection, surroundings: SessionSurroundings) {
        self.channel = PostgresChannel(connection: connection, surroundings: surroundings)
        self.statements = PreparedStatements(capacity: surroundings.configuration.statementCacheSize)
    }

    /// Runs a borrower's body, with the transaction that its mode asks for.
    func run<T>(_ mode: Mode, _ body: (any DatabaseConnection) throws -> T) throws -> T {
        let loan = PostgresLoan(session: self)
        defer { loan.end() }
        guard let opening = mode.opening else { return try body(loan) }
        self.opening = opening
        self.transaction.begin()
        defer {
            self.transaction.end()
            self.opening = nil
        }
        do {
            let result = try body(loan)
            if mode.isForReading {
                self.sendEnd()
                return result
            }
            if self.channel.isInterrupted { throw CancellationError() }
            try self.transaction.check()
            try self.commit()
            return result
        } catch {
            self.sendEnd()
            throw error
        }
    }

    /// Makes the connection ready for the next borrower, or gives it up.
    func settle() {
        self.channel.settle()
    }

    // MARK: Life of the connection

    /// Sets what every session of ours goes by: UTC, and the limits of time.
    func prepareForUse() throws(PersistenceError) {
        let configuration = self.channel.configuration
        var settings: [(String, String)] = [
            ("TimeZone", "UTC"),
            ("statement_timeout", Self.milliseconds(configuration.statementTimeout)),
            ("lock_timeout", Self.milliseconds(configuration.lockTimeout)),
        ]
        if self.channel.connection.serverVersion >= 140_000 {
            // A server that finds its client gone stops working for it.
            settings.append(("client_connection_check_interval", "1000"))
        }
        let calls = settings.map { name, value -> SQL in "set_config(\(name), \(value), false)" }
        _ = try self.perform("SELECT \(calls.joined(separator: ", "))")
    }

    /// Asks the server for a sign of life.
    func isAlive() -> Bool {
        var group = CommandGroup()
        group.append(.plain("SELECT 1"))
        do {
            if case .success = try self.channel.exchange(group, isInterruptible: false, limit: .seconds(2)) { return true }
        } catch {
            // Whatever it was, another connection is opened instead.
        }
        return false
    }

    private static func milliseconds(_ duration: Duration?) -> String {
        String(Int64(clamping: duration.map { Int64($0 / .milliseconds(1)) } ?? 0))
    }

    // MARK: The ends of transactions

    /// Undoes the transaction, or ends one that was for reading only; the answer is awaited by ``settle()``.
    private func sendEnd() {
        guard self.opening == nil, self.channel.connection.isInTransaction else { return }
        var group = CommandGroup()
        group.append(.plain("ROLLBACK"))
        self.channel.sendOnly(group)
    }

    private func commit() throws(PersistenceError) {
        if self.opening != nil { return }
        let answer: CommandGroup.Answer
        do {
            var group = CommandGroup()
            group.append(.plain("COMMIT"))
            answer = try self.channel.exchange(group, isInterruptible: false)
        } catch {
            throw Self.unknownOutcome(error)
        }
        switch answer {
        case .success(let result):
            guard result.commandTag == "COMMIT" else {
                throw PersistenceError(.transactionFailed, message: "the database rolled the transaction back")
            }
        case .failure(let failure, _):
            let error = failure.error(isInterrupted: self.channel.isInterrupted)
            throw self.channel.connection.isUsable ? error : Self.unknownOutcome(error)
        }
    }

    /// The connection was lost between a change and the word that it was made.
    private static func unknownOutcome(_ error: PersistenceError) -> PersistenceError {
        PersistenceError(
            .outcomeUnknown, message: "the connection to the database was lost before a change was confirmed",
            detail: error.detail ?? error.message, cause: error)
    }

    // MARK: Statements

    func query(_ sql: SQL, firstOnly: Bool = false) throws(PersistenceError) -> [Row] {
        try self.transaction.noting { () throws(PersistenceError) in
            let (result, statement) = try self.perform(sql)
            return try statement.rows(result, firstOnly: firstOnly)
        }
    }

    func execute(_ sql: SQL) throws(PersistenceError) -> Int {
        try self.transaction.noting { () throws(PersistenceError) in
            try self.perform(sql).result.changedRows
        }
    }

    func savepoint<T>(_ body: () throws -> T) throws -> T {
        let name = SQL(unchecked: try self.transaction.nextSavepoint())
        try self.control("SAVEPOINT \(name)")
        self.transaction.enter()
        do {
            let result = try body()
            try self.transaction.check()
            self.transaction.leave()
            try self.control("RELEASE SAVEPOINT \(name)")
            return result
        } catch {
            if self.channel.connection.isUsable {
                _ = try self.perform("ROLLBACK TO SAVEPOINT \(name)", isControl: true)
                _ = try self.perform("RELEASE SAVEPOINT \(name)", isControl: true)
                self.transaction.undo()
            }
            throw error
        }
    }

    private func control(_ sql: SQL) throws(PersistenceError) {
        try self.transaction.noting { () throws(PersistenceError) in _ = try self.perform(sql, isControl: true) }
    }

    private func perform(
        _ sql: SQL, isControl: Bool = false
    ) throws(PersistenceError) -> (result: LibpqResult, statement: PreparedStatement) {
        if self.channel.isInterrupted { throw LibpqConnection.interrupted }
        let parameters = try ParameterBuffer(sql.values)
        let opening = self.opening
        let attempt = try self.attempt(sql, parameters: parameters, isControl: isControl)
        guard attempt.isStale else { return try self.outcome(of: attempt) }
        // The schema changed under the statement. Where nothing came before it, it is prepared and run once more.
        if self.transaction.isOpen {
            guard opening != nil else {
                throw PersistenceError(.serializationFailure, message: "the schema was changed meanwhile")
            }
            var group = CommandGroup()
            group.append(.plain("ROLLBACK"))
            _ = try self.channel.exchange(group, isInterruptible: false)
            self.opening = opening
        }
        return try self.outcome(of: self.attempt(sql, parameters: parameters, isControl: isControl))
    }

    private struct Attempt {
        let statement: PreparedStatement
        let answer: CommandGroup.Answer
        /// Whether a failure may come from a plan that was made for another schema.
        let isStale: Bool
        /// Whether the server had not yet begun to make things lasting when it failed.
        let failedEarly: Bool
    }

    /// Sends a statement with all that has to go before it.
    private func attempt(
        _ sql: SQL, parameters: ParameterBuffer, isControl: Bool
    ) throws(PersistenceError) -> Attempt {
        guard self.channel.connection.isUsable else {
            throw PersistenceError(.unavailable, message: "the connection to the database was lost")
        }
        if let deallocations = self.statements.takeDeallocations() {
            _ = try self.channel.exchange(deallocations, isInterruptible: false)
        }
        var group = CommandGroup()
        var isKnown = true
        if let opening = self.opening { isKnown = try self.statements.add(opening, isControl: true, to: &group).isKnown }
        let (statement, isStatementKnown) = try self.statements.add(
            sql, isControl: isControl, parameters: parameters, to: &group)
        let answer: CommandGroup.Answer
        do {
            answer = try self.channel.exchange(group, isInterruptible: true)
        } catch {
            guard !self.transaction.isOpen, statement.mayChangeData, error.code != .invalidStatement else { throw error }
            throw Self.unknownOutcome(error)
        }
        self.opening = nil
        switch answer {
        case .success:
            self.statements.keepPrepared(of: group, before: group.commands.count)
            return Attempt(statement: statement, answer: answer, isStale: false, failedEarly: false)
        case .failure(let failure, let index):
            self.statements.keepPrepared(of: group, before: index)
            let isStale = failure.isStalePlan && (isStatementKnown || isKnown)
            if isStale { self.statements.forget(statement, isGone: failure.isUnknownStatement) }
            return Attempt(
                statement: statement, answer: answer, isStale: isStale, failedEarly: index < group.commands.count)
        }
    }

    private func outcome(of attempt: Attempt) throws(PersistenceError) -> (result: LibpqResult, statement: PreparedStatement) {
        switch attempt.answer {
        case .success(let result):
            guard result.status != PGRES_EMPTY_QUERY else {
                throw PersistenceError(.invalidStatement, message: "a statement is empty")
            }
            return (result, attempt.statement)
        case .failure(let failure, _):
            let error = failure.error(isInterrupted: self.channel.isInterrupted)
            if self.channel.connection.isUsable || self.transaction.isOpen || !attempt.statement.mayChangeData { throw error }
            // With its last word before the change was made, the server says that it was not.
            throw attempt.failedEarly && failure.endsSession ? error : Self.unknownOutcome(error)
        }
    }
}

/// What a body gets: the session for as long as the body runs.
private final class PostgresLoan: DatabaseConnection {
    private var session: PostgresSession?

    init(session: PostgresSession) {
        self.session = session
    }

    func end() {
        self.session = nil
    }

    var dialect: SQLDialect { .postgres }

    func query(_ sql: SQL) throws(PersistenceError) -> [Row] {
        try self.current().query(sql)
    }

    func queryOne(_ sql: SQL) throws(PersistenceError) -> Row? {
        try self.current().query(sql, firstOnly: true).first
    }

    @discardableResult
    func execute(_ sql: SQL) throws(PersistenceError) -> Int {
        try self.current().execute(sql)
    }

    @discardableResult
    func savepoint<T>(_ body: () throws -> T) throws -> T {
        try self.current().savepoint(body)
    }

    private func current() throws(PersistenceError) -> PostgresSession {
        guard let session else {
            throw PersistenceError(.closed, message: "a database connection was used after its body had ended")
        }
        return session
    }
}
