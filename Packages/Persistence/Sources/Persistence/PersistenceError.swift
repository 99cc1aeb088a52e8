/// Why a database gave no answer or refused a change, in words that hold for every driver.
///
/// Two errors are equal if their codes are. `description` is safe to send to a client; what the database itself said,
/// which may quote data, appears in `debugDescription` only.
public struct PersistenceError: Error, Sendable {
    /// The kind of an error.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Kind: String {
            case uniqueViolation, foreignKeyViolation, checkViolation, notNullViolation, rejectedByTrigger
            case serializationFailure, transactionFailed, outcomeUnknown, unavailable, timedOut, cancelled, closed
            case readOnly, invalidStatement, invalidValue, unencodable, decoding, invalidURL, other
        }

        private let kind: Kind

        /// The name of the kind, such as `uniqueViolation`; stable, so it may label a metric.
        public var description: String { self.kind.rawValue }

        /// A row with the same key exists; `constraint` names the unique constraint, unique index or primary key.
        public static let uniqueViolation = Code(kind: .uniqueViolation)
        /// A row refers to one that does not exist, or is referred to; SQLite does not say by which constraint.
        public static let foreignKeyViolation = Code(kind: .foreignKeyViolation)
        /// A value breaks a check constraint, which `constraint` names.
        public static let checkViolation = Code(kind: .checkViolation)
        /// A column without NULL was given none of its values; `constraint` is `table.column`.
        public static let notNullViolation = Code(kind: .notNullViolation)
        /// A trigger raised an error.
        public static let rejectedByTrigger = Code(kind: .rejectedByTrigger)
        /// Another transaction came first; nothing happened, and the same transaction may be run again.
        public static let serializationFailure = Code(kind: .serializationFailure)
        /// A statement of the transaction failed before, so nothing more can be done in it and nothing of it is kept.
        public static let transactionFailed = Code(kind: .transactionFailed)
        /// The connection was lost after a commit, or a change outside of a transaction, had been sent and before it was
        /// answered: the change may have happened.
        public static let outcomeUnknown = Code(kind: .outcomeUnknown)
        /// The database cannot be reached or used: no server, no disk space, a damaged file, too many waiters.
        public static let unavailable = Code(kind: .unavailable)
        /// No connection, no lock or no answer could be had in time.
        public static let timedOut = Code(kind: .timedOut)
        /// The statement was interrupted because the borrower's task was cancelled.
        public static let cancelled = Code(kind: .cancelled)
        /// The database was closed, or the connection was used after its body had ended.
        public static let closed = Code(kind: .closed)
        /// A write inside `read`, or into a database that may only be read.
        public static let readOnly = Code(kind: .readOnly)
        /// The SQL text is wrong, names what does not exist, holds two statements, or begins or ends a transaction.
        public static let invalidStatement = Code(kind: .invalidStatement)
        /// The database refused a value: too long, of another type, out of range.
        public static let invalidValue = Code(kind: .invalidValue)
        /// A value that not every driver can store faithfully: text, JSON or SQL with NUL, NaN; on SQLite a list.
        public static let unencodable = Code(kind: .unencodable)
        /// A row lacks the column, or its value is not of the wanted type.
        public static let decoding = Code(kind: .decoding)
        /// A database URL breaks a rule, which the message names.
        public static let invalidURL = Code(kind: .invalidURL)
        /// Anything else.
        public static let other = Code(kind: .other)
    }

    /// The kind of this error.
    public let code: Code

    /// What happened, in a sentence of our own without any data.
    public let message: String

    /// The constraint that was broken, where the database tells.
    public let constraint: String?

    /// What the database itself said, for logs; it may quote data.
    public let detail: String?

    /// The foreign error behind this one.
    public let cause: (any Error)?

    /// Creates an error.
    ///
    /// - Parameters:
    ///   - code: The kind.
    ///   - message: A sentence that is safe to show: no data, no path, no password.
    ///   - constraint: The name of the broken constraint.
    ///   - detail: The words of the database, for logs.
    ///   - cause: The foreign error that is wrapped.
    public init(
        _ code: Code, message: String, constraint: String? = nil, detail: String? = nil, cause: (any Error)? = nil
    ) {
        self.code = code
        self.message = message
        self.constraint = constraint
        self.detail = detail
        self.cause = cause
    }
}

extension PersistenceError: Equatable {
    /// Whether both errors are of the same kind.
    public static func == (left: PersistenceError, right: PersistenceError) -> Bool {
        left.code == right.code
    }
}

extension PersistenceError: CustomStringConvertible, CustomDebugStringConvertible {
    /// The message, which is safe to show.
    public var description: String { self.message }

    /// Code, message, constraint, the words of the database and the cause: for logs only.
    public var debugDescription: String {
        var text = "\(self.code): \(self.message)"
        if let constraint { text += " [constraint \(constraint)]" }
        if let detail { text += " (\(detail))" }
        if let cause { text += "; cause: \(String(reflecting: cause))" }
        return text
    }
}
