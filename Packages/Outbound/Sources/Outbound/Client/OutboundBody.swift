/// The body of an answer, piece by piece as it comes; usable within the closure that got it, by one reader at a time.
///
/// The server is made to wait while nobody reads, and at most half a megabyte is kept. All pieces together are never more than
/// allowed.
public struct OutboundBody: AsyncSequence, Sendable {
    /// One piece, never empty.
    public typealias Element = [UInt8]
    /// Why there is no next piece: `tooLarge`, `timedOut`, `connectionLost`, `protocolViolation`, `cancelled`.
    public typealias Failure = OutboundError

    private let exchange: Exchange

    init(_ exchange: Exchange) {
        self.exchange = exchange
    }

    /// Reads on from where the last reader stopped.
    public func makeAsyncIterator() -> Iterator {
        Iterator(exchange: self.exchange)
    }

    /// Reads the pieces of a body.
    public struct Iterator: AsyncIteratorProtocol {
        fileprivate let exchange: Exchange

        /// The next piece; nil at the end.
        public mutating func next() async throws(OutboundError) -> [UInt8]? {
            try await self.exchange.nextPiece()
        }

        /// The next piece; nil at the end.
        public mutating func next(isolation actor: isolated (any Actor)?) async throws(OutboundError) -> [UInt8]? {
            try await self.exchange.nextPiece()
        }
    }
}
