import NIOCore
import NIOHTTP1

/// One request as a connection needs it: what to write, and the limits of the answer.
struct ExchangePlan: Sendable {
    /// Tells this exchange from others on the same connection.
    let id: UInt64
    let head: HTTPRequestHead
    let body: ByteBuffer
    /// The largest body of the answer, in bytes.
    let bodyByteLimit: Int
    let firstByteTimeout: TimeAmount
    let silenceTimeout: TimeAmount
    /// When the last byte of the answer must be there.
    let deadline: NIODeadline
    /// How long the connection may be idle afterwards; zero closes it.
    let idleTimeout: TimeAmount
    /// Takes the connection back when it may be used again; runs on its event loop, before the reader learns of the end.
    let keep: @Sendable (HTTPConnection) -> Void
}
