package import Persistence

/// What a connection remembers of the transaction that is open on it: whether a statement has failed, and how deep
/// savepoints are nested. It is an object because a statement that fails may run others to find out why.
package final class TransactionState {
    /// Whether a transaction was begun, be it known to the database yet or not.
    package private(set) var isOpen = false

    private var isDoomed = false
    private var depth = 0

    package init() {}

    package func begin() {
        self.isOpen = true
    }

    package func end() {
        self.isOpen = false
        self.isDoomed = false
        self.depth = 0
    }

    /// Whether a statement failed that no savepoint has undone.
    package var hasFailed: Bool { self.isDoomed }

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
