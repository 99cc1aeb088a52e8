import NIOCore
import NIOHTTP1
import NIOSSL
import ServerNames

extension OutboundError {
    static let connectionEnded = OutboundError(
        .connectionLost, message: "the connection ended before the answer was complete")

    /// A connection that was kept has ended; nothing was sent on it.
    static let endedBeforeUse = OutboundError(.connectionLost, message: "the connection ended before it was used")

    static let bodyIsGone = OutboundError(
        .closed, message: "the body of an answer can be read within the closure that got it only")

    static func protocolViolation(_ reason: String) -> OutboundError {
        OutboundError(.protocolViolation, message: "the answer is no HTTP/1.1: \(reason)")
    }

    /// Names what a channel reports.
    init(channelError error: any Error, isConnecting: Bool) {
        switch error {
        case let error as OutboundError:
            self = error
        case let error as ServerNameMismatch:
            self = OutboundError(.tls, message: "the certificate of the server does not name the host of the URL", cause: error)
        case HTTPParserError.invalidEOFState:
            self = .connectionEnded
        case HTTPParserError.headerOverflow:
            self = OutboundError(.tooLarge, message: "the head of the answer is larger than allowed", cause: error)
        case is HTTPParserError:
            self = OutboundError(.protocolViolation, message: "the answer is no HTTP/1.1", cause: error)
        case is NIOSSLError, is NIOSSLExtraError, is BoringSSLError:
            self =
                isConnecting
                ? OutboundError(.tls, message: "no agreement about TLS with the host of the URL", cause: error)
                : OutboundError(.connectionLost, message: Self.connectionEnded.message, cause: error)
        default:
            self =
                isConnecting
                ? OutboundError(.connectFailed, message: "the host of the URL took no connection", cause: error)
                : OutboundError(.connectionLost, message: Self.connectionEnded.message, cause: error)
        }
    }
}
