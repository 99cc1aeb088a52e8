/// Why a part of the audit trail could not be opened, read or asked.
///
/// Two errors are equal if their codes are. `description` may be shown to a client.
public struct AuditError: Error, Sendable {
    /// The kind of an ``AuditError``.
    public struct Code: Sendable, Hashable {
        private enum Kind {
            case folderInUse, folderUnusable, conflict, unreadable, invalidCursor, invalidQuery, archiveUnusable
        }

        private let kind: Kind

        /// Another process keeps its spool in the folder.
        public static let folderInUse = Code(kind: .folderInUse)
        /// The folder of the spool cannot be made, read or written.
        public static let folderUnusable = Code(kind: .folderUnusable)
        /// The chain in the database is not the one that this process wrote.
        public static let conflict = Code(kind: .conflict)
        /// A record has not the form in which records are written.
        public static let unreadable = Code(kind: .unreadable)
        /// A cursor was not made here, or not for this query.
        public static let invalidCursor = Code(kind: .invalidCursor)
        /// A query asks for more than is given, or for nothing that could be.
        public static let invalidQuery = Code(kind: .invalidQuery)
        /// A file of archived or exported records cannot be written or read, or is not as it was written.
        public static let archiveUnusable = Code(kind: .archiveUnusable)
    }

    /// The kind.
    public let code: Code
    /// What happened, without data.
    public let message: String

    init(_ code: Code, message: String) {
        self.code = code
        self.message = message
    }
}

extension AuditError: Equatable, CustomStringConvertible {
    /// The message.
    public var description: String { self.message }

    /// Whether both are of one kind.
    public static func == (left: AuditError, right: AuditError) -> Bool {
        left.code == right.code
    }
}
