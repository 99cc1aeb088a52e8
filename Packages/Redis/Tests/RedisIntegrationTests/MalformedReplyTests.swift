import NIOCore
import Redis
import RedisTestSupport
import Synchronization
import Testing

@Suite("Malformed replies")
struct MalformedReplyTests {
    @Test(
        "end the connection with an error, and the client comes back",
        arguments: [
            "HTTP/1.1 400 Bad Request\r\n\r\n", "$-5\r\n", "*-2\r\n", "$99999999999999999999\r\n", "*2147483647\r\n",
            "$2\r\nabcd\r\n",
            "*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n:1\r\n", "\0\0\0", ":\r\n:x\r\n",
        ])
    func garbage(_ text: String) async throws {
        try await withFakeServer(answer: Array(text.utf8)) { server in
            try await withRedisClient(server.url) { client, _ in
                for _ in 0..<3 {
                    try await waitUntil { client.isConnected }
                    let error = try await #require(throws: RedisError.self) { try await client.send(RedisCommand("GET", "k")) }
                    #expect(error.code == .connectionLost)
                    #expect(error.message.contains("because of its reply"))
                }
            }
        }
    }

    @Test("are noticed when a string is longer than allowed, before it is whole")
    func hugeString() async throws {
        let answer = Array("$1000000000\r\n".utf8) + [UInt8](repeating: 7, count: 100_000)
        try await withFakeServer(answer: answer) { server in
            try await withRedisClient(server.url, adjust: { $0.replyByteLimit = 50_000 }) { client, _ in
                let error = try await #require(throws: RedisError.self) { try await client.send(RedisCommand("GET", "k")) }
                #expect(error.code == .connectionLost)
                #expect(error.message.contains("50000 bytes"))
            }
        }
    }

    @Test("include a reply that nobody asked for")
    func unasked() async throws {
        try await withFakeServer(answer: Array("+OK\r\n+OK\r\n".utf8)) { server in
            try await withRedisClient(server.url) { client, _ in
                let first = try await client.send(RedisCommand("PING"))
                #expect(first == .status("OK"))
                try await waitUntil { server.connectionCount.load(ordering: .relaxed) > 1 }
            }
        }
    }
}
