import NIOCore
import Redis
import RedisTestSupport
import TestKit
import Testing

@Suite("Access")
struct AccessTests {
    static func options(_ change: (inout RedisServerOptions) -> Void) -> RedisServerOptions {
        var options = RedisServerOptions()
        change(&options)
        return options
    }

    static let protected = Self.options {
        $0.password = "open-sesame"
        $0.user = .init(name: "alice", password: "wonderland")
    }

    @Test("signs in with user and password, or with the password of the default user")
    func passwords() async throws {
        try await withRedisServer(Self.protected) { server in
            try await withRedisClient(server.url) { client, _ in
                let user = try await client.send(RedisCommand("ACL", "WHOAMI"))
                #expect(user.text == "alice")
            }
            try await withRedisClient("redis://:open%2Dsesame@127.0.0.1:\(server.port)") { client, _ in
                let user = try await client.send(RedisCommand("ACL", "WHOAMI"))
                #expect(user.text == "default")
            }
        }
    }

    @Test(
        "passes on why the server lets nobody in",
        arguments: [("alice:wrong@", "WRONGPASS"), ("nobody:open-sesame@", "WRONGPASS"), ("", "NOAUTH")])
    func refusals(_ credentials: String, _ expected: String) async throws {
        try await withRedisServer(Self.protected) { server in
            try await withRedisClient("redis://\(credentials)127.0.0.1:\(server.port)") { client, group in
                let error = try await #require(throws: RedisError.self) { try await client.send(RedisCommand("PING")) }
                #expect(error.serverCode == expected[...])
                #expect(!String(reflecting: error).contains("wrong@"))
                // The same while the client waits for its next attempt.
                let other = try await #require(throws: RedisError.self) {
                    try await client.send(RedisCommand("PING"), on: group.next()).get()
                }
                #expect(other.serverCode == expected[...])
                #expect(!client.isConnected)
            }
        }
    }

    @Test("selects its database and tells its name")
    func databaseAndName() async throws {
        try await withRedisServer { server in
            try await withRedisClient("\(server.url)/7", adjust: { $0.clientName = "gatehouse-test" }) { client, _ in
                _ = try await client.send(RedisCommand("SET", "k", "v", "PX", 60_000))
                let name = try await client.send(RedisCommand("CLIENT", "GETNAME"))
                #expect(name.text == "gatehouse-test")
            }
            let keys = try await server.command("-n", "7", "KEYS", "*")
            #expect(keys == "k")
        }
    }

    @Test("does without PING when the user may not send it")
    func userWithoutPing() async throws {
        try await withRedisServer { server in
            try await server.command("ACL", "SETUSER", "bob", "on", ">pw", "~*", "+get")
            try await withRedisClient("redis://bob:pw@127.0.0.1:\(server.port)") { client, _ in
                let value = try await client.send(RedisCommand("GET", "k"))
                #expect(value == .null)
            }
        }
    }

    @Test("speaks through a socket file, with credentials and database")
    func socketFile() async throws {
        let options = Self.options {
            $0.transport = .unixSocket
            $0.user = .init(name: "alice", password: "wonderland")
        }
        try await withRedisServer(options) { server in
            try await withRedisClient("\(server.url)?db=2") { client, _ in
                _ = try await client.send(RedisCommand("SET", "k", "v", "PX", 60_000))
                let user = try await client.send(RedisCommand("ACL", "WHOAMI"))
                #expect(user.text == "alice")
            }
            let keys = try await server.command("-n", "2", "KEYS", "*")
            #expect(keys == "k")
        }
    }

    @Test(
        "speaks TLS with a server whose authority it trusts, by name or address, and with no other",
        arguments: ["127.0.0.1", "localhost"])
    func tls(_ host: String) async throws {
        let options = Self.options {
            $0.transport = .tls
            $0.password = "open-sesame"
        }
        try await withRedisServer(options) { server in
            let url = "rediss://:open-sesame@\(host):\(server.port)"
            try await withRedisClient(url, adjust: { $0.caFile = server.caFile }) { client, _ in
                let pong = try await client.send(RedisCommand("PING"))
                #expect(pong == .status("PONG"))
            }
            try await withTemporaryDirectory { folder in
                let stranger = try await TestCertificates.make(in: folder)
                try await withRedisClient(url, adjust: { $0.caFile = stranger.caFile }) { client, _ in
                    let error = try await #require(throws: RedisError.self) { try await client.send(RedisCommand("PING")) }
                    #expect(error.code == .unavailable)
                    #expect(String(reflecting: error).contains("CERTIFICATE_VERIFY_FAILED"))
                }
            }
            // Without a file the authorities of the system count.
            try await withRedisClient(url) { client, _ in
                await #expect(throws: RedisError.expected(.unavailable)) { try await client.send(RedisCommand("PING")) }
                try #require(!client.isConnected)
            }
        }
    }

    /// `127.1` is a name of the same address, which stands in the certificate as an address and not as this name.
    @Test("sends nothing to a server whose certificate has the address but not the name that was asked for")
    func otherName() async throws {
        let options = Self.options {
            $0.transport = .tls
            $0.password = "open-sesame"
        }
        try await withRedisServer(options) { server in
            try await withRedisClient("rediss://:open-sesame@127.1:\(server.port)", adjust: { $0.caFile = server.caFile }) {
                client, _ in
                let error = try await #require(throws: RedisError.self) { try await client.send(RedisCommand("PING")) }
                #expect(error.code == .unavailable)
                #expect(String(reflecting: error).contains("does not name the host"))
            }
            let url = "rediss://:open-sesame@127.0.0.1:\(server.port)"
            try await withRedisClient(url, adjust: { $0.caFile = server.caFile }) { client, _ in
                let statistics = try await client.send(RedisCommand("INFO", "commandstats"))
                #expect(statistics.text?.contains("cmdstat_auth:calls=1,") == true)
            }
        }
    }

    @Test("says so when the file of authorities cannot be read")
    func missingFile() async throws {
        await #expect(throws: RedisError.expected(.invalidConfiguration)) {
            try await withRedisClient("rediss://127.0.0.1", adjust: { $0.caFile = "/nowhere/ca.pem" }) { client, _ in
                _ = try? await client.send(RedisCommand("PING"), within: .milliseconds(50))
            }
        }
    }
}
