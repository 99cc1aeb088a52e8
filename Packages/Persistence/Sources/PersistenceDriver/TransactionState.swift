package import Persistence

/// What a connection remembers of the transaction that is open on it: whether a statement has failed, and how deep
/// savepoints are nested. It is an object because a statement that fails may run others to find out why.
package final class TransactionState {
    /// Whether a transaction was begun, be it known to the database yet or not.
    package private(set) var isOpen = false

    /// Whether a statement of the transaction was sent.
    package private(set) var hasBegun = false

    private var isDoomed = false
    private var depth = 0

    package init() {}

    package func begin() {
        self.end()
        self.isOpen = true
    }

    /// Notes that a statement was sent, if a transaction is open.
    package func markBegun() {
        self.hasBegun = self.isOpen
    }

    package func end() {
        self.isOpen = false
        self.hasBegun = false
        self.isDoomed = false
        self.depth = 0
    }

    /// Refuses to go on after a failure.
    package func check() throws(PersistenceError) {
        if self.isDoomed {
            throw PersistenceError(.transactionFailed, message: "a statement of the transaction failed before")
        }
    }

    /// Runs one statement, whose failure dooms an open transaction.
    package func noting<T>(_ statement: () throws(PersistenceError) -> T) throws(PersistenceError) -> T {
        try self.check()
        do {
            return try statement()
        } catch {
            self.isDoomed = self.isOpen
            throw error
        }
    }

    /// The name of a savepoint that may be set now.
    package func nextSavepoint() throws(PersistenceError) -> String {
        try self.check()
        guard self.isOpen else {
            throw PersistenceError(.invalidStatement, message: "a savepoint stands within a transaction")
        }
        return "gatehouse_\(self.depth + 1)"
    }

    package func enter() { self.depth += 1 }

    package func leave() { self.depth -= 1 }

    /// Leaves a savepoint whose changes were undone.
    package func undo() {
        self.leave()
        self.isDoomed = false
    }
}
