import Persistence
import PersistenceDriver

/// One connection, on one thread at a time: transactions around bodies, and statements kept prepared.
///
/// Nothing is asked that can be saved. `BEGIN` travels with the first statement of a transaction, and a body that asks
/// nothing begins nothing. A body for reading has no `BEGIN` at all: by the session's own defaults its statements run in
/// one implicit transaction, `REPEATABLE READ, READ ONLY`, whose end travels with the first statement of the next body, or is
/// sent when nobody waits.
///
/// What is stored here is for the extensions in this folder alone.
final class PostgresSession: LendableSession {
    enum Mode {
        case snapshot, autocommit
        case transaction(TransactionIsolation)
    }

    /// What the server does with a statement that no `BEGIN` precedes.
    enum Defaults {
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

    let channel: PostgresChannel
    let transaction = TransactionState()
    var statements: PreparedStatements
    var mode = Mode.autocommit
    var defaults: Defaults?
    /// Whether the server, the database or the user is set to be read only, which an operator does to freeze it.
    var isFrozen = false
    /// Whether a body has changed what the session goes by.
    var isAltered = false
    /// What begins the transaction, until it was sent.
    var opening: SQL?

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

    /// Waits for what the body before has left to come, unless the next group brings its end along; a connection on which it
    /// does not come is given up.
    func awaitRest() {
        if !self.channel.isSettled { self.channel.settle() }
    }

    /// Makes the connection ready for the next borrower, or gives it up.
    func settle() {
        self.channel.settle()
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
    static func unknownOutcome(_ error: PersistenceError) -> PersistenceError {
        PersistenceError(
            .outcomeUnknown, message: "the connection to the database was lost before a change was confirmed",
            detail: error.detail ?? error.message, cause: error)
    }
}
