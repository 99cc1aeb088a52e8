package import Persistence

/// A driver's connection, as far as borrowers use it.
package protocol LendableSession: AnyObject {
    var dialect: SQLDialect { get }
    func query(_ sql: SQL, firstOnly: Bool) throws(PersistenceError) -> [Row]
    func execute(_ sql: SQL) throws(PersistenceError) -> Int
    func savepoint<T>(_ body: () throws -> T) throws -> T
}

/// What a body gets: the session for as long as the body runs.
package final class SessionLoan<Session: LendableSession>: DatabaseConnection {
    private var session: Session?

    package init(_ session: Session) {
        self.session = session
        self.dialect = session.dialect
    }

    package func end() {
        self.session = nil
    }

    package let dialect: SQLDialect

    package func query(_ sql: SQL) throws(PersistenceError) -> [Row] {
        try self.current().query(sql, firstOnly: false)
    }

    package func queryOne(_ sql: SQL) throws(PersistenceError) -> Row? {
        try self.current().query(sql, firstOnly: true).first
    }

    @discardableResult
    package func execute(_ sql: SQL) throws(PersistenceError) -> Int {
        try self.current().execute(sql)
    }

    @discardableResult
    package func savepoint<T>(_ body: () throws -> T) throws -> T {
        try self.current().savepoint(body)
    }

    private func current() throws(PersistenceError) -> Session {
        guard let session else {
            throw PersistenceError(.closed, message: "a database connection was used after its body had ended")
        }
        return session
    }
}
