import ProgramTestSupport
import TestKit
import Testing

@Suite("RESP of a running node")
struct RESPTests {
    private static let settings = ["RATELIMITER_RESP_PORT": "0"]

    private static func port(of node: RunningNode) async throws -> Int {
        let line = try await node.child.waitForLine { $0.hasPrefix("limiter-node speaks RESP at ") }
        return try #require(line.split(separator: ":").last.flatMap { Int($0) })
    }

    /// What `redis-cli` prints for one command.
    private static func ask(_ port: Int, _ words: String...) async throws -> [String] {
        let result = try await runProcess("redis-cli", arguments: ["-h", "127.0.0.1", "-p", "\(port)"] + words)
        return result.standardOutput.lines.filter { !$0.isEmpty }
    }

    @Test("a stock client asks with CL.THROTTLE and THROTTLE", arguments: StoreKind.allCases)
    func stockClient(_ store: StoreKind) async throws {
        try await withNode(store, Self.settings) { node async throws in
            let port = try await Self.port(of: node)
            #expect(try await Self.ask(port, "PING") == ["PONG"])
            #expect(try await Self.ask(port, "CL.THROTTLE", "user", "15", "30", "60") == ["0", "16", "15", "-1", "2"])
            #expect(try await Self.ask(port, "THROTTLE", "other", "15", "30", "60") == ["1", "15", "14", "2", "0"])
            for _ in 0..<3 { _ = try await Self.ask(port, "CL.THROTTLE", "full", "1", "1", "3600") }
            let blocked = try await Self.ask(port, "CL.THROTTLE", "full", "1", "1", "3600")
            #expect(blocked.prefix(3) == ["1", "2", "0"])
            #expect(Int(blocked[3]).map { (3_500...3_600).contains($0) } == true, "\(blocked)")
        }
    }

    @Test("exactly so many of many pipelined commands are admitted, by a node and by a fleet", arguments: [1, 3])
    func exactness(_ nodeCount: Int) async throws {
        try await withFleet(of: nodeCount, Self.settings) { nodes, _ async throws in
            let command = Array("*5\r\n$11\r\nCL.THROTTLE\r\n$4\r\nuser\r\n$2\r\n99\r\n$1\r\n1\r\n$4\r\n3600\r\n".utf8)
            let admitted = try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<12 {
                    let client = HTTPClient(port: try await Self.port(of: nodes[number % nodeCount]))
                    group.addTask {
                        try await client.withConnection { connection in
                            try connection.send(Array(Array(repeating: command, count: 50).joined()))
                            return try (0..<50).map { _ in try connection.readLines(6)[1] == ":0" }.filter { $0 }.count
                        }
                    }
                }
                return try await group.reduce(0, +)
            }
            #expect(admitted == 100)
        }
    }

    @Test("malformed frames get an error and the end of their connection, and the node lives on")
    func malformed() async throws {
        try await withNode(Self.settings) { node async throws in
            let client = HTTPClient(port: try await Self.port(of: node))
            for frame in [
                "*x\r\n", "*99999999999999999999\r\n", "*1\r\n$-5\r\n", "*1\r\n$99999999999999999999\r\n",
                "*1\r\n$1000000000\r\n",
                "*1\r\n:5\r\n", "*2000000000\r\n", "*1\r\n$4\r\nPINGxx",
            ] {
                let (answer, isClosed) = try await client.withConnection { connection in
                    try connection.send(Array(frame.utf8))
                    return (try connection.readLines(1)[0], connection.isClosedByServer())
                }
                #expect(answer.hasPrefix("-ERR Protocol error"), "\(frame): \(answer)")
                #expect(isClosed, "\(frame)")
                #expect(try await node.client.send("GET", "/livez").status == 200)
            }
            #expect(node.child.termination == nil)
        }
    }

    @Test("a Redis that is away is answered for by the policy", arguments: Policy.allCases)
    func fault(_ policy: Policy) async throws {
        try await withFaultyFleet(policy, Self.settings) { nodes, redis, _ async throws in
            let port = try await Self.port(of: nodes[0])
            try await redis.kill()
            try await eventually("answers are degraded") { try await nodes[0].check("other").isDegraded }
            let answers = [
                try await Self.ask(port, "CL.THROTTLE", "user", "0", "1", "3600"),
                try await Self.ask(port, "CL.THROTTLE", "user", "0", "1", "3600"),
            ]
            switch policy {
            case .local: #expect(answers.map { $0.first } == ["0", "1"])
            case .open: #expect(answers.map { $0.first } == ["0", "0"])
            case .closed: #expect(answers.allSatisfy { $0.first?.contains("ERR") == true }, "\(answers)")
            }
            try await redis.start()
            try await nodes[0].settleDown()
            // Of several connections to Redis, the one that is asked may learn of it a little later.
            try await eventually("Redis decides again") {
                try await Self.ask(port, "CL.THROTTLE", "fresh", "0", "1", "3600").first == "0"
            }
        }
    }
}
