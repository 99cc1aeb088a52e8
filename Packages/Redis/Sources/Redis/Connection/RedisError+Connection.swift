extension RedisError {
    static let notConnected = RedisError(.unavailable, message: "there is no connection to Redis")
    static let queueFull = RedisError(.unavailable, message: "too many commands wait for replies of Redis")
    static let noTimeLeft = RedisError(.unavailable, message: "the deadline of a command passed before it was sent to Redis")
    static let deadlinePassed = RedisError(.timedOut, message: "Redis did not reply in time")
    static let connectionEnded = RedisError(.connectionLost, message: "the connection to Redis ended before the reply came")
    static let silence = RedisError(.connectionLost, message: "the connection to Redis was closed because it brought no replies")
    static let ended = RedisError(.closed, message: "the Redis client has ended")
    static let interrupted = RedisError(.connectionLost, message: "the Redis client ended before the reply came")
}
