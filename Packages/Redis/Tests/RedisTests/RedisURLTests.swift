import Testing

@testable import Redis

@Suite("URL")
struct RedisURLTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let text: String
        let description: String
        var user: String?
        var password: String?
        var testDescription: String { self.text }
    }

    @Test(
        "is taken apart",
        arguments: [
            Row(text: "redis://localhost", description: "redis://localhost:6379/0"),
            Row(text: "redis://", description: "redis://localhost:6379/0"),
            Row(text: "REDIS://cache.example:7000/15", description: "redis://cache.example:7000/15"),
            Row(text: "redis://10.0.0.1/", description: "redis://10.0.0.1:6379/0"),
            Row(text: "redis://[::1]:7000/2", description: "redis://[::1]:7000/2"),
            Row(text: "redis://[fe80::1]", description: "redis://[fe80::1]:6379/0"),
            Row(text: "redis://:open@h", description: "redis://h:6379/0", password: "open"),
            Row(text: "redis://u:p%40%3A%2F%25@h:1", description: "redis://h:1/0", user: "u", password: "p@:/%"),
            Row(text: "redis://u:a@b@h", description: "redis://h:6379/0", user: "u", password: "a@b"),
            Row(text: "redis://h?db=3&username=u&password=p%26q", description: "redis://h:6379/3", user: "u", password: "p&q"),
            Row(text: "rediss://u:p@h:6380/1#x", description: "rediss://h:6380/1", user: "u", password: "p"),
            Row(text: "unix:///run/redis.sock", description: "unix:///run/redis.sock?db=0"),
            Row(text: "unix:///run/a%20b@c.sock?db=4", description: "unix:///run/a b@c.sock?db=4"),
            Row(text: "redis+unix://u:p@/run/r.sock", description: "unix:///run/r.sock?db=0", user: "u", password: "p"),
        ])
    func parses(_ row: Row) throws {
        let url = try RedisURL(parsing: row.text)
        #expect(url.description == row.description)
        #expect(url.user == row.user)
        #expect(url.password == row.password)
    }

    @Test(
        "is refused",
        arguments: [
            "", "localhost", "http://h", "redis:/h", "redis://h:0", "redis://h:65536", "redis://h:", "redis://h:x",
            "redis://h:-1",
            "redis://h/one", "redis://h/-1", "redis://h/0/1", "redis://h?db=99999999999999999999", "redis://[::1",
            "redis://[::1]7",
            "redis://u:%4@h", "redis://u:%zz@h", "redis://u:%ff@h", "redis://u@h", "redis://a b", "redis://h\r\n", "unix://",
            "unix:///",
            "unix://run/redis.sock", "unix:///a%00b", "unix:///\(String(repeating: "a", count: 200))",
        ])
    func refuses(_ text: String) {
        #expect(throws: RedisError(.invalidURL, message: "")) { try RedisURL(parsing: text) }
    }

    @Test("never shows its password")
    func hidesPassword() throws {
        let url = try RedisURL(parsing: "redis://alice:correct-horse@h")
        var configuration = RedisConfiguration(url: url)
        configuration.clientName = "gatehouse"
        var dumped = ""
        dump(configuration, to: &dumped)
        for text in ["\(url)", String(reflecting: url), "\(configuration)", String(reflecting: configuration), dumped] {
            #expect(!text.contains("correct-horse"))
        }
        let error = try #require(throws: RedisError.self) { try RedisURL(parsing: "redis://alice:correct-horse@h:port") }
        #expect(!String(reflecting: error).contains("correct-horse"))
    }
}
