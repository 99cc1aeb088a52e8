/// Why a search was not made.
///
/// Two errors are equal if their codes are. `description` may be shown to a client.
public struct SearchError: Error, Sendable {
    /// The kind of a ``SearchError``.
    public struct Code: Sendable, Hashable {
        private enum Kind { case invalidCursor, invalidQuery }

        private let kind: Kind

        /// A cursor was not made here, or not for this query.
        public static let invalidCursor = Code(kind: .invalidCursor)
        /// There is neither text nor a tag to search for, or the limit is out of range.
        public static let invalidQuery = Code(kind: .invalidQuery)
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

extension SearchError: Equatable, CustomStringConvertible {
    /// The message.
    public var description: String { self.message }

    /// Whether both are of one kind.
    public static func == (left: SearchError, right: SearchError) -> Bool {
        left.code == right.code
    }
}
