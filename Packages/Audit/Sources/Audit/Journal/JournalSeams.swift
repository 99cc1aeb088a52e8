package import Persistence

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A point between two steps of which the second may never come.
package enum JournalStep: String, Sendable, CaseIterable {
    /// A transaction has begun and changed nothing.
    case begun
    /// Everything is written and nothing is committed.
    case beforeCommit
    /// The transaction is committed, and the head file knows nothing of it.
    case committed
    /// The head file is written, and nobody has an answer.
    case headStored
    /// Nothing of a batch is in the spool.
    case beforeSpooling
    /// The batch is in the file, but perhaps not on the disk.
    case spoolWritten
    /// The batch is on the disk, and nobody has an answer.
    case spooled
    /// Records of the spool are in the transaction.
    case beforeDrainCommit
    /// Records of the spool are in the database and in the spool.
    case drained
}

/// What tests put in the place of the system.
package struct JournalSeams: Sendable {
    /// Hears of each step, and may end the process.
    package var reached: @Sendable (JournalStep) -> Void = { _ in }
    /// Waits until a file is on the disk; -1 for a failure, with `errno`.
    package var synchronize: @Sendable (Int32) -> Int32 = { fsync($0) }
    /// The time of records.
    package var now: @Sendable () -> Timestamp = { Timestamp.now() }
    /// The writer, drawn at random when nil.
    package var writer: String?

    /// The system as it is.
    package init() {}
}
