/// A command that got no usable reply.
///
/// The code says what is known about the command: after ``Code/unavailable``, ``Code/closed``, ``Code/invalidTTL`` and
/// ``Code/serverError`` it has not run, or the server refused it; after ``Code/timedOut``, ``Code/connectionLost`` and
/// ``Code/cancelled`` it may have run, and only the caller can know whether sending it again does harm. Two errors are equal
/// when their codes are equal.
public struct RedisError: Error, Sendable {
    /// The kind of a ``RedisError``; more kinds may come.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Kind: String {
            case unavailable, timedOut, connectionLost, serverError, cancelled, closed
            case invalidURL, invalidConfiguration, invalidTTL, decoding
        }

        private let kind: Kind

        /// No connection, or the queue is full: nothing was sent.
        public static let unavailable = Code(kind: .unavailable)
        /// The deadline passed after the command was sent; it may have run, or may run later.
        public static let timedOut = Code(kind: .timedOut)
        /// The connection ended before the reply came; the command may have run.
        public static let connectionLost = Code(kind: .connectionLost)
        /// The server answered with an error; the message is the server's, such as `OOM command not allowed …`.
        public static let serverError = Code(kind: .serverError)
        /// The waiting task was cancelled; the command may have run.
        public static let cancelled = Code(kind: .cancelled)
        /// The client has ended or is ending: nothing was sent.
        public static let closed = Code(kind: .closed)
        /// A text that is no Redis URL.
        public static let invalidURL = Code(kind: .invalidURL)
        /// A setting outside its range, or a file of certificates that cannot be read.
        public static let invalidConfiguration = Code(kind: .invalidConfiguration)
        /// A time to live of zero or less, or one too long to be told to the server: nothing was sent.
        public static let invalidTTL = Code(kind: .invalidTTL)
        /// A reply of another kind than the command should give, or stored text that is no JSON.
        public static let decoding = Code(kind: .decoding)

        /// The name of the kind, such as `timedOut`.
        public var description: String { self.kind.rawValue }
    }

    /// What kind of error this is.
    public let code: Code
    /// One sentence for people, or the server's own words; it holds no password.
    public let message: String
    /// The error behind this one, for the log only.
    public let cause: (any Error)?

    /// Creates an error.
    ///
    /// - Parameters:
    ///   - code: The kind.
    ///   - message: One sentence without secrets.
    ///   - cause: The error that led here, if any.
    public init(_ code: Code, message: String, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }

    /// The first word of what the server said, such as `NOSCRIPT` or `OOM`; nil unless the code is ``Code/serverError``.
    public var serverCode: Substring? {
        self.code == .serverError ? self.message.prefix { $0 != " " } : nil
    }
}

extension RedisError: Equatable {
    /// Compares the kinds only.
    public static func == (left: RedisError, right: RedisError) -> Bool {
        left.code == right.code
    }
}

extension RedisError: CustomStringConvertible, CustomDebugStringConvertible {
    /// The message alone.
    public var description: String { self.message }

    /// Code, message and cause, for logs.
    public var debugDescription: String {
        let reason = self.cause.map { " (cause: \(String(reflecting: $0)))" } ?? ""
        return "\(self.code): \(self.message)\(reason)"
    }
}
