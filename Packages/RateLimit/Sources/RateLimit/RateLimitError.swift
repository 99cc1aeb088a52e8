/// A question that could not be asked or answered; a refusal is no error but a ``Verdict``.
///
/// Two errors are equal when their codes are equal, so that code matches the kind and people read the message.
public struct RateLimitError: Error, Sendable {
    /// The kind of a ``RateLimitError``; more kinds may come.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Kind: String {
            case invalidQuota, invalidRule, invalidKey, invalidCost, invalidLease, invalidConfiguration, storeUnavailable
        }

        private let kind: Kind

        /// A limit string or a pair of limit and window that is no quota.
        public static let invalidQuota = Code(kind: .invalidQuota)
        /// A rule name that is empty, too long, or one too many.
        public static let invalidRule = Code(kind: .invalidRule)
        /// A key that is longer than ``RateLimitKey/maximumByteCount``.
        public static let invalidKey = Code(kind: .invalidKey)
        /// A cost below zero.
        public static let invalidCost = Code(kind: .invalidCost)
        /// A settlement whose costs do not match the lease.
        public static let invalidLease = Code(kind: .invalidLease)
        /// A setting of a store or limiter outside its range.
        public static let invalidConfiguration = Code(kind: .invalidConfiguration)
        /// The shared store gave no answer in time.
        public static let storeUnavailable = Code(kind: .storeUnavailable)

        /// The name of the kind, such as `invalidQuota`.
        public var description: String { self.kind.rawValue }
    }

    /// What kind of error this is.
    public let code: Code
    /// One sentence for people; safe to send to a client.
    public let message: String
    /// The foreign error behind this one, for the log only.
    public let cause: (any Error)?

    /// Creates an error.
    ///
    /// - Parameters:
    ///   - code: The kind.
    ///   - message: One sentence without secrets.
    ///   - cause: The foreign error that led here, if any.
    public init(_ code: Code, message: String, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }
}

extension RateLimitError: Equatable {
    /// Compares the kinds only.
    public static func == (left: RateLimitError, right: RateLimitError) -> Bool {
        left.code == right.code
    }
}

extension RateLimitError: CustomStringConvertible, CustomDebugStringConvertible {
    /// The message alone.
    public var description: String { self.message }

    /// Code, message and cause, for logs.
    public var debugDescription: String {
        let reason = self.cause.map { " (cause: \(String(reflecting: $0)))" } ?? ""
        return "\(self.code): \(self.message)\(reason)"
    }
}
