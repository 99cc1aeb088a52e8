/// Wakes the worker of this process when there is a document to process or to remove.
///
/// Nothing is lost without it: the worker looks by itself every ``RetrievalConfiguration/pollPause``.
public final class DocumentQueue: Sendable {
    /// Rings that nobody heard yet are one.
    let rings: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    /// Creates a queue for one worker.
    public init() {
        (self.rings, self.continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Says that something is to be done; cheap, and never wrong.
    public func wake() { self.continuation.yield() }

    /// Ends the rings, and with them the worker.
    func stop() { self.continuation.finish() }
}
