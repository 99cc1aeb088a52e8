/// Why webhooks could not be set up, asked for or enqueued.
///
/// Two errors are equal when their codes are equal.
public struct WebhooksError: Error {
    /// The kind of a ``WebhooksError``.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Kind: String {
            case refusedURL, destinationUnknown, invalidEventType, tooManyEndpoints, tooManySecrets, unknownEndpoint
            case messageTooLarge, invalidOverlap, invalidPage, unreadableSecret, invalidConfiguration
            case unrecorded
        }

        private let kind: Kind

        /// The name of the code, such as `refusedURL`.
        public var description: String { self.kind.rawValue }

        /// The URL is no URL to send to, or leads where the policy lets nothing go; the message says why.
        public static let refusedURL = Code(kind: .refusedURL)
        /// Where the URL leads could not be found out now: the look-up took too long, or too many are waiting.
        public static let destinationUnknown = Code(kind: .destinationUnknown)
        /// The name of an event breaks the rule of ``WebhookEventType``, or there are more than 50 names.
        public static let invalidEventType = Code(kind: .invalidEventType)
        /// The organisation has as many endpoints as it may have.
        public static let tooManyEndpoints = Code(kind: .tooManyEndpoints)
        /// As many secrets of the endpoint are valid as may be at once.
        public static let tooManySecrets = Code(kind: .tooManySecrets)
        /// The organisation has no such endpoint.
        public static let unknownEndpoint = Code(kind: .unknownEndpoint)
        /// The body of the message has 20 000 bytes or more.
        public static let messageTooLarge = Code(kind: .messageTooLarge)
        /// The overlap of a rotation is negative or longer than 30 days.
        public static let invalidOverlap = Code(kind: .invalidOverlap)
        /// The limit of a page is not 1 to 200, or the cursor was not made for this list.
        public static let invalidPage = Code(kind: .invalidPage)
        /// The server's secret that sealed the secret or the URL of an endpoint is not at hand any more.
        public static let unreadableSecret = Code(kind: .unreadableSecret)
        /// The ledger did not keep the intent of a change, so that it was not made.
        public static let unrecorded = Code(kind: .unrecorded)
        /// A setting is out of its range.
        public static let invalidConfiguration = Code(kind: .invalidConfiguration)
    }

    /// The kind, by which errors are compared.
    public let code: Code
    /// What happened, safe to show to a client.
    public let message: String
    /// What lies behind, for the log.
    public let cause: (any Error)?

    init(_ code: Code, message: String, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }
}

extension WebhooksError: Equatable, CustomStringConvertible, CustomDebugStringConvertible {
    /// The message.
    public var description: String { self.message }

    /// The code, the message and the cause, for the log.
    public var debugDescription: String {
        let cause = self.cause.map { ", cause: \(String(reflecting: $0))" } ?? ""
        return "WebhooksError(\(self.code)): \(self.message)\(cause)"
    }

    /// Whether both are of one kind.
    public static func == (left: WebhooksError, right: WebhooksError) -> Bool {
        left.code == right.code
    }
}
