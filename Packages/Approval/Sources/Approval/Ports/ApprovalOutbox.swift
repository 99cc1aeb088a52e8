public import Persistence

/// Writes messages about approvals where they cannot be lost: within the transaction that they tell of.
public protocol ApprovalOutbox: Sendable {
    /// Writes a message on the connection of the open transaction; it is kept if and only if the change is.
    ///
    /// Synchronous and short: it runs on the connection's thread, and neither waits nor uses the network.
    ///
    /// - Throws: Whatever undoes the change too; the attempt then fails.
    func write(_ notice: ApprovalNotice, on connection: any DatabaseConnection) throws
}
