import CLibpq
import Persistence
import PersistenceDriver

/// One connection on its thread: transactions around bodies, and statements kept prepared.
///
/// Nothing is asked that can be saved. `BEGIN` travels with the first statement of a transaction, and a body that asks
/// nothing begins nothing. A body for reading has no `BEGIN` at all: by the session's own defaults its statements run in
/// one implicit transaction, `REPEATABLE READ, READ ONLY`, whose end travels with the first statement of the next body, or is
/// sent when nobody waits.
final class PostgresSession: LendableSession {
    enum Mode {
        case snapshot, autocommit
        case transaction(TransactionIsolation)
    }

    /// What the server does with a statement that no `BEGIN` precedes.
    private enum Defaults {
        case reading, writing

        var settings: [(name: String, value: String)] {
            switch self {
            case .reading: [("default_transaction_isolation", "repeatable read"), ("default_transaction_read_only", "on")]
            case .writing: [("default_transaction_isolation", "read committed"), ("default_transaction_read_only", "off")]
            }
        }

        var statement: SQL {
            let calls = self.settings.map { name, value -> SQL in "set_config(\(name), \(value), false)" }
            return "SELECT \(calls.joined(separator: ", "))"
        }
    }

    var dialect: SQLDialect { .postgres }

    private let channel: PostgresChannel
    private let transaction = TransactionState()
    private var statements: PreparedStatements
    private var mode = Mode.autocommit
    private var defaults: Defaults?
    /// Whether the server, the database or the user is set to be read only, which an operator does to freeze it.
    private var isFrozen = false
    /// Whether a body has changed what the session goes by.
    private var isAltered = false
    /// What begins the transaction, until it was sent.
    private var opening: SQL?

    init(connection: LibpqConnection, surroundings: SessionSurroundings) {
        self.channel = PostgresChannel(connection: connection, surroundings: surroundings)
        self.statements = PreparedStatements(capacity: surroundings.configuration.statementCacheSize)
    }

    /// Runs a borrower's body, with the transaction that its mode asks for.
    func run<T>(_ mode: Mode, _ body: (any DatabaseConnection) throws -> T) throws -> T {
        let loan = SessionLoan(self)
        defer {
            loan.end()
            // The next borrower shall not live by what this one has set.
            if self.isAltered { self.channel.connection.markUnusable() }
        }
        self.mode = mode
        switch mode {
        case .autocommit: return try body(loan)
        case .snapshot: return try self.read(loan, body)
        case .transaction(let isolation): return try self.transact(isolation, loan, body)
        }
    }

    private func read<T>(_ loan: SessionLoan<PostgresSession>, _ body: (any DatabaseConnection) throws -> T) throws -> T {
        self.transaction.begin()
        defer {
            if self.transaction.hasBegun { self.channel.oweEnd() }
            self.transaction.end()
        }
        return try body(loan)
    }

    private func transact<T>(
        _ isolation: TransactionIsolation, _ loan: SessionLoan<PostgresSession>, _ body: (any DatabaseConnection) throws -> T
    ) throws -> T {
        let access: SQL = self.isFrozen ? "READ ONLY" : "READ WRITE"
        self.opening = "BEGIN ISOLATION LEVEL \(SQL(unchecked: isolation.rawValue)) \(access)"
        self.transaction.begin()
        defer {
            self.transaction.end()
            self.opening = nil
        }
        do {
            let result = try body(loan)
            if self.channel.isInterrupted { throw CancellationError() }
            try self.transaction.check()
            try self.commit()
            return result
        } catch {
            self.rollBack()
            throw error
        }
    }

    // MARK: Queries by themselves

    /// Sends a query that stands alone, unless more is to be done than to send it.
    ///
    /// - Returns: What was sent, whose answer ``read(_:)`` or ``await(_:)`` reads; `nil` if nothing was.
    /// - Throws: ``PersistenceError`` for a value that cannot be sent, and for a lost connection.
    func begin(_ sql: SQL) throws(PersistenceError) -> PendingQuery? {
        guard self.defaults == .reading, self.channel.isSettled, self.channel.connection.isUsable, self.statements.isTidy,
            sql.values.count <= Self.maximumValues, let statement = self.statements.find(sql.shape), !statement.changesSession
        else { return nil }
        let parameters = try ParameterBuffer(sql.values)
        var group = CommandGroup()
        if self.channel.takeOwedEnd() { group.append(.synchronise) }
        group.append(.execute(statement, parameters))
        group.append(.synchronise)
        try group.send(on: self.channel.connection)
        return PendingQuery(statement: statement, reading: AnswerReading(of: group))
    }

    /// Reads what has come of an answer, without waiting.
    ///
    /// - Throws: ``PersistenceError`` when the connection is lost.
    func read(_ pending: inout PendingQuery) throws(PersistenceError) {
        try self.channel.connection.takeInput()
        while pending.reading.answer == nil, let result = try self.channel.connection.arrivedResult() {
            try pending.reading.take(result.value, on: self.channel.connection)
        }
    }

    /// Waits for the rest of an answer, and asks the server to stop if the borrower is cancelled.
    ///
    /// - Returns: `nil` if the query has to be run anew, since the server may have planned it for another schema.
    /// - Throws: ``PersistenceError`` with `unavailable`, `timedOut` or `cancelled` when there was none; the connection is lost
    ///   then. Also what the server said.
    func await(_ pending: PendingQuery) throws(PersistenceError) -> ResultRows? {
        switch try self.channel.awaitAnswer(pending.reading, since: pending.start) {
        case .success(let result):
            return pending.rows(of: result)
        case .failure(let failure, _):
            if failure.mayBeStalePlan { return nil }
            throw failure.error(isInterrupted: self.channel.isInterrupted)
        }
    }

    /// Waits for what the body before has left to come, unless the next group brings its end along; a connection on which it
    /// does not come is given up.
    func awaitRest() {
        if !self.channel.isSettled { self.channel.settle() }
    }

    /// Makes the connection ready for the next borrower, or gives it up.
    func settle() {
        self.channel.settle()
    }

    // MARK: Life of the connection

    /// Sets what every session of ours goes by: UTC, and the limits of time.
    ///
    /// - Throws: ``PersistenceError`` with `unavailable` when the server does not do it within the limit.
    func prepareForUse(limit: Duration) throws(PersistenceError) {
        let configuration = self.channel.configuration
        var settings: [(String, String)] = [
            ("TimeZone", "UTC"), ("array_nulls", "on"),
            ("statement_timeout", Self.milliseconds(configuration.statementTimeout)),
            ("lock_timeout", Self.milliseconds(configuration.lockTimeout)),
        ]
        if self.channel.connection.serverVersion >= 140_000 {
            // A server that finds its client gone stops working for it.
            settings.append(("client_connection_check_interval", "1000"))
        }
        settings += Defaults.reading.settings
        let calls = settings.map { name, value in "set_config('\(name)', '\(value)', false)" }
        let frozen = "current_setting('default_transaction_read_only')"
        let group = CommandGroup(alone: "SELECT \(([frozen] + calls).joined(separator: ", "))")
        let answer: CommandGroup.Answer
        do {
            answer = try self.channel.exchange(group, isInterruptible: true, limit: limit)
        } catch {
            guard error.code == .timedOut else { throw error }
            throw PersistenceError(.unavailable, message: error.message)
        }
        switch answer {
        case .success(let result): self.isFrozen = result?.firstText == "on"
        case .failure(let failure, _): throw failure.error(isInterrupted: self.channel.isInterrupted)
        }
        self.defaults = .reading
    }

    /// Asks the server for a sign of life.
    func isAlive() -> Bool {
        self.channel.settle()
        guard self.channel.connection.isUsable else { return false }
        do {
            let answer = try self.channel.exchange(CommandGroup(alone: "SELECT 1"), isInterruptible: false, limit: .seconds(2))
            if case .success = answer { return true }
        } catch {
            // Whatever it was, another connection is opened instead.
        }
        return false
    }

    private static func milliseconds(_ duration: Duration?) -> String {
        // The server's own limit, about 25 days; what is longer would be refused, and the connection with it.
        String(duration.map { Int32(min($0, .milliseconds(Int32.max)) / .milliseconds(1)) } ?? 0)
    }

    // MARK: The ends of transactions

    /// Undoes the transaction; the answer is awaited before the connection is used again.
    private func rollBack() {
        guard self.opening == nil, self.channel.connection.isInTransaction else { return }
        self.channel.sendEnd(CommandGroup(alone: "ROLLBACK"))
    }

    private func commit() throws(PersistenceError) {
        if self.opening != nil { return }
        let answer: CommandGroup.Answer
        do {
            answer = try self.channel.exchange(CommandGroup(alone: "COMMIT"), isInterruptible: false)
        } catch {
            throw Self.unknownOutcome(error)
        }
        switch answer {
        case .success(let result):
            guard result?.commandTag == "COMMIT" else {
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

    func query(_ sql: SQL, firstOnly: Bool) throws(PersistenceError) -> [Row] {
        try self.transaction.noting { () throws(PersistenceError) in
            let (result, statement) = try self.perform(sql)
            return try ResultRows(result, of: statement).rows(firstOnly: firstOnly)
        }
    }

    /// The rows of a query, to be read by somebody else.
    func rows(of sql: SQL) throws(PersistenceError) -> ResultRows {
        try self.transaction.noting { () throws(PersistenceError) in
            let (result, statement) = try self.perform(sql)
            return ResultRows(result, of: statement)
        }
    }

    func execute(_ sql: SQL) throws(PersistenceError) -> Int {
        try self.transaction.noting { () throws(PersistenceError) in try self.perform(sql).result.changedRows }
    }

    func savepoint<T>(_ body: () throws -> T) throws -> T {
        let name = SQL(unchecked: try self.transaction.nextSavepoint())
        try self.control("SAVEPOINT \(name)")
        self.transaction.enter()
        do {
            let result = try body()
            try self.transaction.check()
            try self.control("RELEASE SAVEPOINT \(name)")
            self.transaction.leave()
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
        guard sql.values.count <= Self.maximumValues else {
            throw PersistenceError(.invalidStatement, message: "a statement takes at most \(Self.maximumValues) values")
        }
        let parameters = try ParameterBuffer(sql.values)
        let opening = self.opening
        let attempt = try self.attempt(sql, parameters: parameters, isControl: isControl)
        guard attempt.isStale else { return try self.outcome(of: attempt) }
        // The schema changed under the statement. Where nothing came before it, it is prepared and run once more.
        if self.transaction.isOpen {
            guard attempt.isFirst else {
                throw PersistenceError(.serializationFailure, message: "the schema was changed meanwhile")
            }
            if opening != nil {
                _ = try self.channel.exchange(CommandGroup(alone: "ROLLBACK"), isInterruptible: false)
                self.opening = opening
            } else {
                self.channel.oweEnd()
            }
            self.transaction.begin()
        }
        return try self.outcome(of: self.attempt(sql, parameters: parameters, isControl: isControl))
    }

    /// The protocol counts them in 16 bits.
    private static let maximumValues = 65535

    private struct Attempt {
        let statement: PreparedStatement
        let answer: CommandGroup.Answer
        /// Whether a failure may come from a plan that was made for another schema.
        let isStale: Bool
        /// Whether nothing came before it in its transaction.
        let isFirst: Bool
        /// Whether the server had not yet begun to make things lasting when it failed.
        let failedEarly: Bool
    }

    /// Sends a statement with all that has to go before it.
    private func attempt(_ sql: SQL, parameters: ParameterBuffer, isControl: Bool) throws(PersistenceError) -> Attempt {
        guard self.channel.connection.isUsable else {
            throw PersistenceError(.unavailable, message: "the connection to the database was lost")
        }
        let isFirst = !self.transaction.hasBegun
        // First of all, for a statement that is refused here leaves the preliminaries to the next one.
        var tail = CommandGroup()
        if let opening = self.opening { _ = try self.statements.add(opening, isControl: true, to: &tail) }
        let statement = try self.statements.add(sql, isControl: isControl, parameters: parameters, to: &tail)
        if statement.changesSession { self.isAltered = true }
        var group = CommandGroup()
        if isFirst { try self.addPreliminaries(to: &group) }
        let preliminaryCount = group.commands.count
        for command in tail.commands { group.append(command) }
        let isImplicit = self.transaction.isOpen && !self.isExplicit
        if !isImplicit { group.append(.synchronise) }
        let answer: CommandGroup.Answer
        do {
            answer = try self.channel.exchange(group, isInterruptible: true)
        } catch {
            guard !self.transaction.isOpen, statement.mayChangeData, error.code != .invalidStatement else { throw error }
            throw Self.unknownOutcome(error)
        }
        self.opening = nil
        self.transaction.markBegun()
        switch answer {
        case .success:
            self.statements.keepPrepared(of: group, before: group.commands.count)
            return Attempt(statement: statement, answer: answer, isStale: false, isFirst: isFirst, failedEarly: false)
        case .failure(let failure, let index):
            self.statements.keepPrepared(of: group, before: index)
            // Where writing was refused, another connection may lead to a server that takes it, or find the freeze over.
            if failure.isReadOnly, self.isForWriting { self.isAltered = true }
            // What a session goes by is then unknown.
            if index < preliminaryCount { self.channel.connection.markUnusable() }
            let isOld = group.runsOldStatement(at: index)
            let isStale = isOld && failure.isStalePlan
            if isStale {
                self.statements.forgetAll(isGone: failure.isUnknownStatement)
            } else if isOld, failure.mayBeStalePlan {
                self.statements.forget(statement)
            }
            return Attempt(
                statement: statement, answer: answer, isStale: isStale, isFirst: isFirst,
                failedEarly: index < group.commands.count - 1)
        }
    }

    /// What is done before anything else of a body: the end of the body before, the statements that made room, and how
    /// statements without `BEGIN` run.
    private func addPreliminaries(to group: inout CommandGroup) throws(PersistenceError) {
        if self.channel.takeOwedEnd() { group.append(.synchronise) }
        for name in self.statements.takeEvicted() {
            group.append(.plain("DEALLOCATE \(name)"))
            group.append(.synchronise)
        }
        let wanted: Defaults? =
            switch self.mode {
            case .snapshot: .reading
            case .autocommit: self.isFrozen ? .reading : .writing
            case .transaction: nil
            }
        if let wanted, wanted != self.defaults {
            let change = wanted.statement
            _ = try self.statements.add(change, isControl: false, parameters: ParameterBuffer(change.values), to: &group)
            group.append(.synchronise)
            self.defaults = wanted
        }
    }

    private var isForWriting: Bool {
        if case .snapshot = self.mode { false } else { true }
    }

    private var isExplicit: Bool {
        if case .transaction = self.mode { true } else { false }
    }

    private func outcome(of attempt: Attempt) throws(PersistenceError) -> (result: LibpqResult, statement: PreparedStatement) {
        switch attempt.answer {
        case .success(let result):
            guard let result, result.status != PGRES_EMPTY_QUERY else {
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
