import NIOCore

/// What a single connection must know.
struct ConnectionSettings: Sendable {
    let queueLimit: Int
    let queueByteLimit: Int
    let silenceTimeout: TimeAmount
    let replyLimits: ReplyLimits

    init(_ configuration: RedisConfiguration) {
        self.queueLimit = configuration.queueLimit
        self.queueByteLimit = configuration.queueByteLimit
        self.silenceTimeout = TimeAmount(configuration.silenceTimeout)
        self.replyLimits = ReplyLimits(
            byteCount: configuration.replyByteLimit, elementCount: configuration.replyElementLimit)
    }
}
