/// Why a migration did not run or did not finish, and what it had done by then.
///
/// Two errors are equal if their codes are.
public struct MigrationError: Error, Sendable {
    /// The kind of an error.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Kind: String {
            case invalidChain, unknownTarget, unknownRevision, changedRevision, brokenHistory, missingScript
            case revisionFailed, foreignKeysBroken, concurrentMigration, lockTimedOut, lockUnavailable
            case notApplicable, adoptionRefused, unrecordedTables
        }

        private let kind: Kind

        /// The name of the kind, such as `changedRevision`.
        public var description: String { self.kind.rawValue }

        /// The program's own revisions do not make a history.
        public static let invalidChain = Code(kind: .invalidChain)
        /// The wanted revision does not exist, is ambiguous, or lies in the wrong direction.
        public static let unknownTarget = Code(kind: .unknownTarget)
        /// The database records a revision that this program does not know: it was migrated by a newer one.
        public static let unknownRevision = Code(kind: .unknownRevision)
        /// A revision was changed after it had been applied.
        public static let changedRevision = Code(kind: .changedRevision)
        /// The database records a revision without the one before it.
        public static let brokenHistory = Code(kind: .brokenHistory)
        /// A revision has no statements for this dialect.
        public static let missingScript = Code(kind: .missingScript)
        /// A statement of a revision failed; `cause` says why.
        public static let revisionFailed = Code(kind: .revisionFailed)
        /// A revision left rows that refer to nothing; it was undone.
        public static let foreignKeysBroken = Code(kind: .foreignKeysBroken)
        /// Another program migrated the same database without taking the lock.
        public static let concurrentMigration = Code(kind: .concurrentMigration)
        /// Another migration held the lock for too long.
        public static let lockTimedOut = Code(kind: .lockTimedOut)
        /// The lock could not be used at all.
        public static let lockUnavailable = Code(kind: .lockUnavailable)
        /// An optional revision was asked for by name where its condition does not hold.
        public static let notApplicable = Code(kind: .notApplicable)
        /// The tables that another tool made are not what that tool's records or a revision of ours say; nothing was done.
        public static let adoptionRefused = Code(kind: .adoptionRefused)
        /// Tables of a chain are there, and nothing says which revision they are of; nothing was done.
        public static let unrecordedTables = Code(kind: .unrecordedTables)
    }

    /// The kind of this error.
    public let code: Code

    /// What happened, with the names of chains and revisions; no data.
    public let message: String

    /// The revisions that this run had applied, or undone on the way down, before it failed, in order.
    public let completed: [Revision.Key]

    /// The error behind this one.
    public let cause: (any Error)?

    /// Creates an error; locks of other databases need it too.
    ///
    /// - Parameters:
    ///   - code: The kind.
    ///   - message: What happened, without data.
    ///   - completed: The revisions that were done before.
    ///   - cause: The error behind this one.
    public init(_ code: Code, message: String, completed: [Revision.Key] = [], cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.completed = completed
        self.cause = cause
    }
}

extension MigrationError: Equatable {
    /// Whether both errors are of the same kind.
    public static func == (left: MigrationError, right: MigrationError) -> Bool {
        left.code == right.code
    }
}

extension MigrationError: CustomStringConvertible, CustomDebugStringConvertible {
    /// The message and what was done before.
    public var description: String {
        if self.completed.isEmpty { return self.message }
        return "\(self.message); done before: \(self.completed.map(\.description).joined(separator: ", "))"
    }

    /// Code, message, what was done before, and the cause.
    public var debugDescription: String {
        let text = "\(self.code): \(self.description)"
        return self.cause.map { "\(text); cause: \(String(reflecting: $0))" } ?? text
    }
}
