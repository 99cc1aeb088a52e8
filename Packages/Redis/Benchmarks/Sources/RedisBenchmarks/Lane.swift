import NIOCore
import Redis

/// One caller on the event loop, such as a connection of a limiter: sends its next command when the reply has come.
final class Lane: @unchecked Sendable {
    enum Work {
        case ping
        case script(RedisScript)
    }

    private let client: RedisClient
    private let loop: any EventLoop
    private let work: Work
    private let key: String
    private var left: Int
    private let done: EventLoopPromise<Void>

    init(_ client: RedisClient, on loop: any EventLoop, _ work: Work, number: Int, count: Int) {
        self.client = client
        self.loop = loop
        self.work = work
        self.key = "benchmark:\(number)"
        self.left = count
        self.done = loop.makePromise()
    }

    var end: EventLoopFuture<Void> { self.done.futureResult }

    func next() {
        guard self.left > 0 else { return self.done.succeed() }
        self.left -= 1
        self.reply().whenComplete { result in
            switch result {
            case .success: self.next()
            case .failure(let error): self.done.fail(error)
            }
        }
    }

    private func reply() -> EventLoopFuture<RedisValue> {
        switch self.work {
        case .ping:
            return self.client.send(RedisCommand("PING"), on: self.loop)
        case .script(let script):
            var arguments = RedisScriptArguments()
            arguments.append(key: self.key)
            arguments.append(1_000_000_000)
            arguments.append(60_000)
            return self.client.evaluate(script, with: arguments, on: self.loop)
        }
    }
}
