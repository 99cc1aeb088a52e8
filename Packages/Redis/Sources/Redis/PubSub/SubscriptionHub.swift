import Logging
import NIOCore

/// Shares one connection among all subscriptions; it is opened with the first one.
///
/// All state is touched on the event loop only; that is the guard behind `@unchecked Sendable`.
final class SubscriptionHub: @unchecked Sendable {
    private struct Subscriber {
        let buffer: EventBuffer
        /// Channels that the server has not confirmed on this connection.
        var unconfirmed: Set<String>
        var wasSubscribed = false
    }

    private let eventLoop: any EventLoop
    private let configuration: RedisConfiguration
    private let keeper: ConnectionKeeper
    private var connector: Connector?
    private var connection: RedisConnection?
    private var subscribers: [ObjectIdentifier: Subscriber] = [:]
    /// Who listens to a channel.
    private var listeners: [String: Set<ObjectIdentifier>] = [:]
    private var isEnded = false

    init(on eventLoop: any EventLoop, configuration: RedisConfiguration, logger: Logger) {
        self.eventLoop = eventLoop
        self.configuration = configuration
        self.keeper = ConnectionKeeper(on: eventLoop, configuration: configuration, logger: logger)
    }

    // MARK: - From any thread

    /// Serves subscriptions until it is stopped or the task is cancelled.
    func run(_ connector: Connector) async {
        let end = self.eventLoop.makePromise(of: Void.self)
        await withTaskCancellationHandler {
            self.eventLoop.execute {
                self.keeper.tellEnd(end)
                self.connector = connector
                self.connectIfNeeded()
            }
            // The future never fails.
            try? await end.futureResult.get()
        } onCancel: {
            self.stop()
        }
    }

    /// Ends all subscriptions, and ``run(_:)``.
    func stop() {
        self.eventLoop.execute {
            self.isEnded = true
            self.connection = nil
            for subscriber in self.subscribers.values { subscriber.buffer.finish() }
            self.subscribers = [:]
            self.listeners = [:]
            self.keeper.stop(gracefully: false)
        }
    }

    func add(channels: [String]) -> RedisSubscription {
        let buffer = EventBuffer(channels: channels, limit: max(1, self.configuration.subscriptionBufferLimit))
        self.eventLoop.execute { self.insert(buffer) }
        return RedisSubscription(channels: channels, buffer: buffer, hub: self)
    }

    func remove(_ buffer: EventBuffer) {
        // When the hub has ended, it has finished all buffers, and the event loop may be gone.
        if buffer.finish() { self.eventLoop.execute { self.drop(buffer) } }
    }

    // MARK: - On the event loop

    private func insert(_ buffer: EventBuffer) {
        if self.isEnded {
            buffer.finish()
            return
        }
        let id = ObjectIdentifier(buffer)
        self.subscribers[id] = Subscriber(buffer: buffer, unconfirmed: Set(buffer.channels))
        for channel in buffer.channels { self.listeners[channel, default: []].insert(id) }
        self.subscribe(buffer.channels)
        self.connectIfNeeded()
    }

    private func drop(_ buffer: EventBuffer) {
        let id = ObjectIdentifier(buffer)
        guard self.subscribers.removeValue(forKey: id) != nil else { return }
        var unused: [String] = []
        for channel in Set(buffer.channels) {
            self.listeners[channel]?.remove(id)
            if self.listeners[channel]?.isEmpty == true {
                self.listeners[channel] = nil
                unused.append(channel)
            }
        }
        self.tell("UNSUBSCRIBE", unused)
    }

    private func connectIfNeeded() {
        guard let connector = self.connector, !self.subscribers.isEmpty else { return }
        let events = ConnectionKeeper.Events(
            connected: { self.connected($0) }, disconnected: { _ in self.disconnected() }, connecting: {})
        self.keeper.start(connector, events)
    }

    private func connected(_ connection: RedisConnection) {
        self.connection = connection
        connection.onPush = { [weak self] in self?.receive($0) }
        self.subscribe(Array(self.listeners.keys))
        self.probe(connection)
    }

    private func disconnected() {
        self.connection = nil
        self.subscribers = self.subscribers.mapValues { subscriber in
            var subscriber = subscriber
            subscriber.unconfirmed = Set(subscriber.buffer.channels)
            return subscriber
        }
    }

    private func subscribe(_ channels: [String]) { self.tell("SUBSCRIBE", channels) }

    private func tell(_ word: StaticString, _ channels: [String]) {
        guard let connection = self.connection, !channels.isEmpty else { return }
        var arguments = RedisArguments()
        arguments.append(word: word)
        for channel in channels { arguments.append(channel) }
        connection.push(arguments)
    }

    /// Asks from time to time whether the server still answers; a connection that is silent then is given up.
    private func probe(_ connection: RedisConnection) {
        guard connection === self.connection else { return }
        let promise = self.eventLoop.makePromise(of: RedisValue.self)
        let time = TimeAmount(self.configuration.commandTimeout).nanoseconds
        connection.submit(.command(RedisCommand("PING")), for: .promise(promise), within: time)
        promise.futureResult.whenComplete { _ in
            self.eventLoop.scheduleTask(in: TimeAmount(self.configuration.subscriptionProbeInterval)) { self.probe(connection) }
        }
    }

    private func receive(_ value: RedisValue) {
        guard case .array(let elements) = value, elements.count == 3, let channel = elements[1].text else { return }
        switch PushKind(elements[0]) {
        case .message:
            guard case .string(let payload) = elements[2] else { return }
            for id in self.listeners[channel] ?? [] {
                self.subscribers[id]?.buffer.add(.message(channel: channel, payload: payload))
            }
        case .subscribed:
            for id in self.listeners[channel] ?? [] { self.confirm(channel, for: id) }
        case .unsubscribed, nil:
            break
        }
    }

    private func confirm(_ channel: String, for id: ObjectIdentifier) {
        guard var subscriber = self.subscribers[id], subscriber.unconfirmed.remove(channel) != nil else { return }
        if subscriber.unconfirmed.isEmpty {
            subscriber.buffer.add(subscriber.wasSubscribed ? .resubscribed : .subscribed)
            subscriber.wasSubscribed = true
        }
        self.subscribers[id] = subscriber
    }
}
