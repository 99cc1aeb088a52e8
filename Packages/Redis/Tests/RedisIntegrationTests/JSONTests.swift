import Redis
import RedisTestSupport
import StrictJSON
import TestKit
import Testing

@Suite("JSON values")
struct JSONTests {
    @Test("come back as they were, kinds and all, until they are overwritten or deleted (S3-6)")
    func roundTrip() async throws {
        try await withRedisServer { server in
            try await withRedisClient(server.url) { client, _ in
                let text = #"{"i":1,"f":1.0,"s":"\u00e9\u0000x","n":null,"b":true,"a":[1,{"k":[]}],"big":12345678901234567890}"#
                let value = try JSONValue(parsing: Array(text.utf8), options: JSONParsingOptions(allowsNUL: true))
                #expect(try await client.getJSON("k") == nil)
                try await client.setJSON(value, for: "k", timeToLive: .seconds(60))
                #expect(try await client.getJSON("k") == value)
                try await client.setJSON(.bool(false), for: "k", timeToLive: .seconds(60))
                #expect(try await client.getJSON("k") == .bool(false))
                #expect(try await client.delete("k", "other") == 1)
                #expect(try await client.delete("k", "other") == 0)
                #expect(try await client.delete() == 0)
                #expect(try await client.getJSON("k") == nil)
            }
        }
    }

    @Test("have a time to live, which a later value does not inherit (S3-7)")
    func timeToLive() async throws {
        try await withRedisServer { server in
            try await withRedisClient(server.url) { client, _ in
                try await client.setJSON(.null, for: "k", timeToLive: .seconds(1_000))
                try await client.setJSON(.null, for: "k", timeToLive: .milliseconds(100_500))
                let left = try #require(try await client.send(RedisCommand("PTTL", "k")).integerValue)
                #expect(left > 50_000 && left <= 100_500)
                for time in [Duration.zero, .seconds(-5)] {
                    await #expect(throws: RedisError.expected(.invalidTTL)) {
                        try await client.setJSON(.null, for: "unsent", timeToLive: time)
                    }
                }
                #expect(try await server.command("EXISTS", "unsent") == "0")
            }
        }
    }

    @Test("are told apart from what is no JSON, or no string")
    func foreignValues() async throws {
        try await withRedisServer { server in
            try await server.command("SET", "text", "{nope")
            try await server.command("RPUSH", "list", "1")
            try await withRedisClient(server.url) { client, _ in
                await #expect(throws: RedisError.expected(.decoding)) { try await client.getJSON("text") }
                let error = try await #require(throws: RedisError.self) { try await client.getJSON("list") }
                #expect(error.serverCode == "WRONGTYPE")
            }
        }
    }
}
