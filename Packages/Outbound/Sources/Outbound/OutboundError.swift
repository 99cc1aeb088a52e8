public import Identity

/// Says why an outgoing request was refused or got no complete answer.
///
/// The message is safe to show to whoever named the destination: it tells the class of a refused address, never the address that
/// a name led to, and nothing of a path, a query or a header. Two errors are equal when their codes are equal.
public struct OutboundError: Error, Equatable, CustomStringConvertible, CustomDebugStringConvertible {
    /// The kind of failure; the set is open.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Value: String {
            case invalidURL, refusedScheme, refusedPort, refusedAddress, invalidRequest
            case unresolvable, connectFailed, tls, timedOut, connectionLost, protocolViolation, redirected, tooLarge
            case overloaded, cancelled, closed, invalidConfiguration
        }

        private let value: Value

        /// The text is no URL in the strict form of ``OutboundURL``.
        public static let invalidURL = Code(value: .invalidURL)
        /// The scheme is neither `https` nor an allowed `http`.
        public static let refusedScheme = Code(value: .refusedScheme)
        /// The port is not among the allowed ones.
        public static let refusedPort = Code(value: .refusedPort)
        /// The host is, or leads to, an address that the policy refuses; see ``OutboundError/addressClasses``.
        public static let refusedAddress = Code(value: .refusedAddress)
        /// A header field is the client's own, or the request is larger than allowed.
        public static let invalidRequest = Code(value: .invalidRequest)
        /// The name has no address, or nobody could tell.
        public static let unresolvable = Code(value: .unresolvable)
        /// None of the addresses took a connection.
        public static let connectFailed = Code(value: .connectFailed)
        /// No agreement about TLS: the certificate is not valid for the host, or the handshake failed.
        public static let tls = Code(value: .tls)
        /// A deadline passed; the message says which.
        public static let timedOut = Code(value: .timedOut)
        /// The connection ended before the answer was complete.
        public static let connectionLost = Code(value: .connectionLost)
        /// The answer is no HTTP/1.1.
        public static let protocolViolation = Code(value: .protocolViolation)
        /// The server answered with a redirection, which is never followed; see ``OutboundError/status``.
        public static let redirected = Code(value: .redirected)
        /// The answer, its head or its body, is larger than allowed.
        public static let tooLarge = Code(value: .tooLarge)
        /// Too many requests or look-ups are waiting.
        public static let overloaded = Code(value: .overloaded)
        /// The task was cancelled.
        public static let cancelled = Code(value: .cancelled)
        /// The client has been closed.
        public static let closed = Code(value: .closed)
        /// A setting is out of its range, or a file of certificates cannot be read.
        public static let invalidConfiguration = Code(value: .invalidConfiguration)

        /// The name of the code, such as `refusedAddress`.
        public var description: String { self.value.rawValue }
    }

    /// The kind of failure.
    public let code: Code
    /// What went wrong, for people.
    public let message: String
    /// With `refusedAddress`: what the address is for, then what the IPv4 addresses inside of it are for, such as
    /// `[.ipv4Mapped, .loopback]`; else empty.
    public let addressClasses: [AddressClass]
    /// With `redirected`: the status, 300 to 399; else nil.
    public let status: Int?
    /// Whether a byte of the request may have reached the server, so that it may have been carried out.
    public internal(set) var mayHaveBeenSent = false
    /// What the system or a library said, for the log; it may name addresses.
    public let cause: (any Error)?

    /// Creates an error.
    public init(
        _ code: Code, message: String, addressClasses: [AddressClass] = [], status: Int? = nil, cause: (any Error)? = nil
    ) {
        self.code = code
        self.message = message
        self.addressClasses = addressClasses
        self.status = status
        self.cause = cause
    }

    /// Compares codes: tests match the kind, people read the message.
    public static func == (left: OutboundError, right: OutboundError) -> Bool {
        left.code == right.code
    }

    /// The message.
    public var description: String { self.message }

    /// The code, the message and the cause, for the log.
    public var debugDescription: String {
        let cause = self.cause.map { ", cause: \(String(reflecting: $0))" } ?? ""
        return "OutboundError(\(self.code)): \(self.message)\(cause)"
    }

    /// The same error, of a request that the server may have seen.
    func afterSending() -> OutboundError {
        var error = self
        error.mayHaveBeenSent = true
        return error
    }
}
