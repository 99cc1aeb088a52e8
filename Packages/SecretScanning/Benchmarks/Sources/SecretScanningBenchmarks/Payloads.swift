/// What is scanned: clean text as requests carry it, and texts made to be slow.
enum Payloads {
    private static let prose = """
        Connection pool exhausted under load when the worker restarts. Set pool_size=20 and max_overflow=10, then call engine.dispose() in \
        the fork hook; see https://docs.example.org/pooling#forks for why. Tokens are refreshed by the client, so keep the session open. \
        The error was: psycopg.OperationalError: could not connect to server (port 5432), build 2024-11-05T12:31:07Z, id 4f1c. \
        Use `async with session.begin():` and do not share it between tasks. It took 3.5 s before and 120 ms after the change. 
        """

    /// Clean JSON of about so many bytes.
    static func json(_ count: Int) -> [UInt8] {
        let escaped = self.prose.replacing("\n", with: "\\n")
        var text =
            #"{"title":"Pool exhausted after fork","agent_model":"some-model","tags":["python","sqlalchemy","postgres"],"context_text":""#
        while text.utf8.count < count - 60 { text += escaped }
        return Array((text + #"","metadata_json":{"os":"linux","attempts":3}}"#).utf8)
    }

    /// Clean prose of about so many bytes with line ends.
    static func text(_ count: Int) -> [UInt8] {
        var text = ""
        while text.utf8.count < count { text += self.prose + "\n" }
        return Array(text.utf8.prefix(count))
    }

    static func repeated(_ part: String, _ count: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < count { bytes += part.utf8 }
        return Array(bytes.prefix(count))
    }

    /// Lines that each hold a find; with escapes, as they stand in a string of JSON.
    static func finds(_ count: Int, quote: String, lineEnd: String) -> [UInt8] {
        let lines = (0..<count).map { "password = \(quote)Qz\($0)kV7m\($0)\(quote)" }.joined(separator: lineEnd)
        return Array((quote == "\"" ? lines : "{\"log\": \"\(lines)\"}").utf8)
    }

    /// So many objects below long keys, each with a find.
    static func findsUnderPaths(_ count: Int) -> [UInt8] {
        let key = String(repeating: "k", count: 250)
        let start = String(repeating: "{\"\(key)\":", count: 60)
        let finds = (0..<count).map { "{\"password\":\"Qz\($0)kV7m\($0)\"}" }.joined(separator: ",")
        return Array((start + "[" + finds + "]" + String(repeating: "}", count: 60)).utf8)
    }

    /// Long values, full of finds, that belong to a key.
    static func findsUnderKeys(_ count: Int) -> [UInt8] {
        let value = String(decoding: self.finds(75, quote: "\\\"", lineEnd: "\\n").dropFirst(9).dropLast(2), as: UTF8.self)
        return Array(
            ("{" + (0..<count).map { "\"password\($0)\": \"\(value.replacing("Qz", with: "Q\($0)z"))\"" }.joined(separator: ",")
                + "}").utf8)
    }

    /// A text in UTF-16.
    static func wide(_ bytes: [UInt8]) -> [UInt8] { [0xFF, 0xFE] + bytes.flatMap { [$0, 0] } }

    /// JSON made to be slow, by name.
    static let hostileJSON: [(String, [UInt8])] = [
        ("finds in one string", Self.finds(900, quote: "\\\"", lineEnd: "\\n")),
        ("finds under long paths", Self.findsUnderPaths(900)),
        ("finds in values of keys", Self.findsUnderKeys(12)),
        ("short strings", Array(("[" + String(repeating: "\"abcd\",", count: 9_000) + "1]").utf8)),
        ("short keys and values", Array(("{" + String(repeating: "\"key1\":\"abcd\",", count: 4_500) + "\"a\":1}").utf8)),
        ("numbers", Array(("[" + String(repeating: "4111111111111112,", count: 4_000) + "1]").utf8)),
        ("nested", Array((String(repeating: "{\"a\":", count: 10_000) + "1" + String(repeating: "}", count: 10_000)).utf8)),
    ]

    /// Texts made to be slow, by name.
    static let hostile: [(String, [UInt8])] = [
        ("keywords", Self.repeated("api_key.token-secret_", 65_536)),
        ("keywords with operators", Self.repeated("password=token:secret=api_key: ", 65_536)),
        ("one prefix, AKIA", Self.repeated("AKIA", 65_536)),
        ("one prefix, eyJ", Self.repeated("eyJ", 65_536)),
        ("one prefix, eyJ with dots", Self.repeated("eyJa.", 65_536)),
        ("one prefix, sk-ant-api03-", Self.repeated("sk-ant-api03-", 65_536)),
        ("one prefix, ghp_", Self.repeated("ghp_", 65_536)),
        ("key headers", Self.repeated("-----BEGIN PRIVATE" + " KEY-----", 65_536)),
        ("digits", Self.repeated("4111 1111 1111 1112 ", 65_536)),
        ("quotes", Self.repeated("\"", 65_536)),
        ("quoted words", Self.repeated("secret=\"", 65_536)),
        ("at signs", Self.repeated("a@b.cd", 65_536)),
        ("addresses", Self.repeated("://a:b", 65_536)),
        ("percent codes", Self.repeated("%41", 65_536)),
        ("escapes", Self.repeated("\\u0041", 65_536)),
        ("backslashes", Self.repeated("\\\\\\\"", 65_536)),
        ("base64 of text", Self.repeated("YWJjZGVm", 65_536)),
        ("awskey=", Self.repeated("awskey=", 65_536)),
        ("kinds of objects", Self.repeated("kind: Secret\n", 65_536)),
        ("kinds of objects in JSON", Self.repeated("\"kind\":\"Secret\",", 65_536)),
        ("accounts", Self.repeated("\"service_account\"", 65_536)),
        ("command lines", Self.repeated("curl -u ", 65_536)),
        ("parameters", Self.repeated("&password=abcde", 65_536)),
        ("sentences as values", Self.repeated("secret=" + "\"is x\" ", 65_536)),
        ("key ids", Self.repeated("AKIAABCDEFGHIJKLMNOP ", 65_536)),
        ("netrc", Self.repeated("machine a login b ", 65_536)),
        ("zeros", Self.repeated("a\u{0}", 65_536)),
        ("finds", Self.finds(900, quote: "\"", lineEnd: "\n")),
        ("finds in one string", Self.finds(900, quote: "\\\"", lineEnd: "\\n")),
        ("finds in UTF-16", Self.wide(Self.finds(900, quote: "\"", lineEnd: "\n"))),
        ("finds with hidden characters", Self.finds(900, quote: "\"", lineEnd: "\u{200B}\n")),
        ("fullwidth", Self.repeated("\u{FF50}\u{FF41}\u{FF53}\u{FF53} ", 65_536)),
        ("no-break spaces", Self.repeated("some\u{A0}words\u{A0}of\u{A0}text ", 65_536)),
        ("Chinese prose", Self.repeated("\u{6587}\u{5B57}\u{FF0C}\u{6587}\u{5B57}\u{FF1A}\u{6587}\u{3002}", 65_536)),
        ("brackets", Self.repeated("[", 65_536)),
        (
            "1 MB in one line",
            Self.repeated(String(decoding: Self.text(2_000), as: UTF8.self).replacing("\n", with: " "), 1 << 20)
        ),
    ]
}
