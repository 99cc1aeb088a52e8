import NIOCore

/// A command whose reply has not come; its place in the queue is the place of its reply in the stream.
struct PendingCommand {
    /// Who gets the reply.
    enum Waiter {
        case promise(EventLoopPromise<RedisValue>)
        case task(ReplyBox)
        /// Nobody any more: the deadline has passed, and the reply will be dropped.
        case nobody
    }

    var waiter: Waiter
    /// What to send again when the server does not know the script.
    var script: (RedisScript, RedisScriptArguments)?
    let deadline: NIODeadline
    let byteCount: Int
}

extension PendingCommand.Waiter {
    func succeed(_ value: RedisValue) {
        switch self {
        case .promise(let promise): promise.succeed(value)
        case .task(let box): box.complete(.success(value))
        case .nobody: break
        }
    }

    func fail(_ error: RedisError) {
        switch self {
        case .promise(let promise): promise.fail(error)
        case .task(let box): box.complete(.failure(error))
        case .nobody: break
        }
    }

    var isNobody: Bool {
        if case .nobody = self { true } else { false }
    }
}
