/// The language variant that a database speaks.
public enum SQLDialect: String, Sendable, Hashable, CaseIterable {
    /// SQLite 3.40 or later; parameters are written `?`.
    case sqlite

    /// PostgreSQL 15 or later; parameters are written `$1`, `$2`, ….
    case postgres
}

/// A database that lends its connections.
///
/// Every driver behaves alike; the suite in `PersistenceTestSupport` says what that means. The rules for all ways to borrow:
///
/// - The body is synchronous and runs on the connection's own thread, while the caller is suspended; it neither awaits
///   nor calls the network, and nothing of it may wait for this database again.
/// - The connection ends with the body. Using it later throws ``PersistenceError`` with code `closed`.
/// - Any error that the body throws reaches the caller as it is.
/// - A caller whose task is cancelled while it waits for a connection gets `CancellationError` at once. If the body
///   runs already, its statement is interrupted, the open transaction is rolled back, and `CancellationError` is thrown.
/// - A caller who waits longer than the driver's deadline (5 s by default) gets `timedOut`; one too many waiters gets
///   `unavailable`; after ``close()`` everyone gets `closed`.
public protocol Database: Sendable {
    /// Which SQL the statements have to be written in.
    var dialect: SQLDialect { get }

    /// Runs queries that see one snapshot of the data and change nothing.
    ///
    /// - Parameter body: Gets the connection. A statement that would write throws `readOnly`.
    /// - Throws: What the body throws; `CancellationError`; ``PersistenceError`` with `timedOut`, `unavailable` or `closed`.
    func read<T: Sendable>(_ body: @escaping @Sendable (any DatabaseConnection) throws -> T) async throws -> T

    /// Runs one query that changes nothing and needs nothing around it, and returns all its rows in order.
    ///
    /// It does what a body for ``read(_:)`` with this query alone does, and on PostgreSQL costs much less: there is no body
    /// that needs a thread. If the connection is lost before the answer, the query may be run once more on another.
    ///
    /// - Throws: `CancellationError`; ``PersistenceError`` that says why the query could not be run, `readOnly` for a
    ///   statement that would write, or `timedOut`, `unavailable` or `closed`.
    func query(_ sql: SQL) async throws -> [Row]

    /// Does the same and returns the first row, or `nil` if there is none; further rows are dropped.
    ///
    /// - Throws: As ``query(_:)``.
    func queryOne(_ sql: SQL) async throws -> Row?

    /// Runs statements on one connection, each of which takes effect by itself.
    ///
    /// - Parameter body: Gets the connection. What it has executed before it throws or is cancelled stays done.
    /// - Throws: What the body throws; `CancellationError`; ``PersistenceError`` with `timedOut`, `unavailable` or `closed`.
    @discardableResult
    func write<T: Sendable>(_ body: @escaping @Sendable (any DatabaseConnection) throws -> T) async throws -> T

    /// Runs statements once that take effect together, when the body returns, or not at all; programs call
    /// ``transaction(isolation:retries:_:)``, which can run them again.
    ///
    /// - Parameters:
    ///   - isolation: What the body may see of others; SQLite is `serializable` always.
    ///   - body: Gets the connection. An error from it, or the cancellation of the caller's task, rolls back.
    /// - Throws: What the body throws; `CancellationError`; ``PersistenceError`` with `serializationFailure`,
    ///   `transactionFailed`, `outcomeUnknown`, `timedOut`, `unavailable` or `closed`.
    @discardableResult
    func runTransaction<T: Sendable>(
        isolation: TransactionIsolation, _ body: @escaping @Sendable (any DatabaseConnection) throws -> T
    ) async throws -> T

    /// Refuses new borrowers, lets running bodies finish, and closes every connection; a second call does nothing more.
    func close() async
}

extension Database {
    /// Runs one query; see the requirement.
    public func query(_ sql: SQL) async throws -> [Row] {
        try await self.read { try $0.query(sql) }
    }

    /// Runs one query for its first row; see the requirement.
    public func queryOne(_ sql: SQL) async throws -> Row? {
        try await self.read { try $0.queryOne(sql) }
    }

    /// Runs statements that take effect together, when the body returns, or not at all.
    ///
    /// On SQLite writers take turns from the start (`BEGIN IMMEDIATE`), so nothing collides. On PostgreSQL two of them may
    /// collide, and one gets `serializationFailure`: nothing of it has happened, and running it again is safe.
    ///
    /// A statement that fails dooms the transaction, whether or not the body catches the error: what follows, the commit
    /// included, throws `transactionFailed`. Where a failure is part of the plan, ``DatabaseConnection/savepoint(_:)``
    /// limits it.
    ///
    /// - Parameters:
    ///   - isolation: What the body may see of others; `serializable` unless each statement is right by itself.
    ///   - retries: How often the whole is run again after a collision, 0 or more; default 0. The pauses between are random
    ///     and grow from 1 to at most 64 ms.
    ///   - body: Gets the connection. An error from it, or the cancellation of the caller's task, rolls back.
    /// - Throws: What the body throws; `CancellationError`; ``PersistenceError`` with `serializationFailure`,
    ///   `transactionFailed`, `outcomeUnknown`, `timedOut`, `unavailable` or `closed`.
    @discardableResult
    public func transaction<T: Sendable>(
        isolation: TransactionIsolation = .serializable, retries: Int = 0,
        _ body: @escaping @Sendable (any DatabaseConnection) throws -> T
    ) async throws -> T {
        var left = retries
        var pause = 1
        while true {
            do {
                return try await self.runTransaction(isolation: isolation, body)
            } catch let error as PersistenceError where error.code == .serializationFailure && left > 0 {
                left -= 1
                try await Task.sleep(for: .microseconds(Int.random(in: 0...pause * 1000)))
                pause = min(pause * 2, 64)
            }
        }
    }
}

/// How much a transaction may see of others that run beside it, in the terms of ISO SQL.
public enum TransactionIsolation: String, Sendable, Hashable, CaseIterable {
    /// Each statement sees what was committed before it began.
    case readCommitted = "READ COMMITTED"
    /// All statements see what was committed before the first; a row that was changed since cannot be changed.
    case repeatableRead = "REPEATABLE READ"
    /// As if transactions ran one after the other.
    case serializable = "SERIALIZABLE"
}

/// A connection on loan, good for the duration of one body.
///
/// Statements are compiled once per connection and kept, so the same text again costs a look-up. Statements that begin
/// or end transactions are refused with `invalidStatement`: ``Database/transaction(_:)`` does that.
public protocol DatabaseConnection {
    /// Which SQL the statements have to be written in.
    var dialect: SQLDialect { get }

    /// Runs one statement and returns all its rows in order; the statement bounds their number.
    ///
    /// - Throws: ``PersistenceError`` that says why the statement could not be compiled, bound or run.
    func query(_ sql: SQL) throws(PersistenceError) -> [Row]

    /// Runs one statement and returns its first row, or `nil` if there is none; further rows are dropped.
    ///
    /// - Throws: ``PersistenceError`` that says why the statement could not be compiled, bound or run.
    func queryOne(_ sql: SQL) throws(PersistenceError) -> Row?

    /// Runs one statement to its end and returns how many rows it inserted, updated or deleted (0 for any other kind).
    ///
    /// - Throws: ``PersistenceError`` that says why the statement could not be compiled, bound or run.
    @discardableResult
    func execute(_ sql: SQL) throws(PersistenceError) -> Int

    /// Runs a part of a transaction that may fail without dooming the rest.
    ///
    /// - Parameter body: Uses this connection. An error from it undoes what it did, and is thrown on; whoever catches it goes
    ///   on with the transaction.
    /// - Throws: What the body throws; ``PersistenceError`` with `invalidStatement` outside of a transaction.
    @discardableResult
    func savepoint<T>(_ body: () throws -> T) throws -> T
}
