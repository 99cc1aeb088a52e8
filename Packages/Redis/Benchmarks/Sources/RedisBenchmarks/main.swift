import NIOCore
import Redis
import RedisTestSupport
import TestKit

// Commands per second over one connection, in rounds that alternate between this client and redis-benchmark.

let rounds = 5
let script = RedisScript(
    """
    local n = redis.call('INCR', KEYS[1])
    if n == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
    return {n <= tonumber(ARGV[1]) and 1 or 0, n}
    """)

func ours(_ client: RedisClient, _ loop: any EventLoop, _ work: Lane.Work, depth: Int, count: Int) async throws -> Usage {
    let lanes = (0..<depth).map { Lane(client, on: loop, work, number: $0, count: count / depth) }
    let processor = Usage.processorSeconds()
    let start = ContinuousClock.now
    loop.execute { for lane in lanes { lane.next() } }
    for lane in lanes { try await lane.end.get() }
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    return Usage(
        commandsPerSecond: Double(count) / seconds,
        processorMicroseconds: (Usage.processorSeconds() - processor) * 1e6 / Double(count))
}

func theirs(port: Int, _ words: [String], depth: Int, count: Int) async throws -> Usage {
    let processor = Usage.processorSeconds(ofChildren: true)
    let arguments = ["-p", "\(port)", "-c", "1", "-P", "\(depth)", "-n", "\(count)", "--csv"]
    let result = try await runProcess("redis-benchmark", arguments: arguments + words)
    let cells = result.standardOutput.lines.last?.split(separator: "\",\"").dropFirst().first
    return Usage(
        commandsPerSecond: cells.flatMap { Double($0) } ?? 0,
        processorMicroseconds: (Usage.processorSeconds(ofChildren: true) - processor) * 1e6 / Double(count))
}

try await withRedisServer { server in
    try await withRedisClient(server.url) { client, group in
        let loop = group.next()
        _ = try await client.evaluate(script, keys: [Array("benchmark:0".utf8)], arguments: [[0x39], Array("60000".utf8)])
        print("| command | in flight | commands/s | client CPU µs | redis-benchmark commands/s | its CPU µs |")
        print("| --- | ---: | ---: | ---: | ---: | ---: |")
        for (name, work, words) in [
            ("PING", Lane.Work.ping, ["PING"]),
            ("EVALSHA", .script(script), ["EVALSHA", script.sha1, "1", "benchmark:0", "1000000000", "60000"]),
        ] {
            for depth in [1, 16, 64, 256] {
                let count = depth == 1 ? 20_000 : 400_000
                var (mine, others) = ([Usage](), [Usage]())
                for _ in 0..<rounds {
                    mine.append(try await ours(client, loop, work, depth: depth, count: count))
                    others.append(try await theirs(port: server.port, words, depth: depth, count: count))
                }
                print("| \(name) | \(depth) | \(Usage.median(of: mine).cells) | \(Usage.median(of: others).cells) |")
            }
        }
    }
}
