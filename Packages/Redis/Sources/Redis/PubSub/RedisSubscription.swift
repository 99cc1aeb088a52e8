/// Messages of one or more channels, as they come.
///
/// The subscription lasts until the value and its iterators are gone, ``cancel()`` is called, or the client ends; the loop over
/// it ends then, and when the task is cancelled. One task reads it.
public final class RedisSubscription: AsyncSequence, Sendable {
    /// What a subscriber learns.
    public enum Event: Sendable, Hashable {
        /// All channels are subscribed; messages published from now on arrive.
        case subscribed
        /// All channels are subscribed again after a lost connection; messages in between are missing.
        case resubscribed
        /// The reader was too slow, and the oldest messages were dropped here.
        case dropped
        /// A message, with the channel to which it was published.
        case message(channel: String, payload: [UInt8])
    }

    /// The channels.
    public let channels: [String]
    private let buffer: EventBuffer
    private let hub: SubscriptionHub

    init(channels: [String], buffer: EventBuffer, hub: SubscriptionHub) {
        self.channels = channels
        self.buffer = buffer
        self.hub = hub
    }

    deinit { self.hub.remove(self.buffer) }

    /// Ends the subscription.
    public func cancel() { self.hub.remove(self.buffer) }

    /// Begins to read; several iterators share the events.
    public func makeAsyncIterator() -> Iterator { Iterator(subscription: self) }

    /// Reads the events of a subscription.
    public struct Iterator: AsyncIteratorProtocol {
        private let subscription: RedisSubscription

        fileprivate init(subscription: RedisSubscription) {
            self.subscription = subscription
        }

        /// The next event; nil at the end and when the task is cancelled.
        public mutating func next() async -> Event? { await self.subscription.buffer.next() }

        /// The next event; nil at the end and when the task is cancelled.
        public mutating func next(isolation actor: isolated (any Actor)?) async -> Event? {
            await self.subscription.buffer.next()
        }
    }
}

extension RedisClient {
    /// Listens to channels, over a connection that all subscriptions of the client share.
    ///
    /// Messages can be lost: while there is no connection, when the reader is slow, and when the server is busy. The events
    /// say so where it can be known; whoever needs every change asks for the whole state after
    /// ``RedisSubscription/Event/resubscribed``.
    ///
    /// - Parameter channels: Names of channels, without patterns.
    public func subscribe(to channels: [String]) -> RedisSubscription {
        self.hub.add(channels: channels)
    }
}
