/// Wakes one loop: any number of calls while it works are one.
final class Signal: AsyncSequence, Sendable {
    typealias Element = Void

    private let stream: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    init() {
        (self.stream, self.continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    func fire() { self.continuation.yield() }

    /// The loop ends once it has seen what was fired before.
    func end() { self.continuation.finish() }

    func makeAsyncIterator() -> AsyncStream<Void>.AsyncIterator { self.stream.makeAsyncIterator() }
}
