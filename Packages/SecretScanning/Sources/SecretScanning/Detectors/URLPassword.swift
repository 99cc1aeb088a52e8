/// Passwords in addresses: `scheme://user:secret@host`.
extension ScanTables {
    /// What may stand in a user or a password: no blank, and none of what separates the parts of a URI.
    private static let unreserved: Atoms = [.word, .dash, .dot, .tilde, .percent, .other]

    private static let databaseSchemes: [StaticString] = [
        "postgres", "postgresql", "mysql", "mariadb", "mongodb", "mongodb+srv", "redis", "rediss", "amqp", "amqps", "mssql",
        "sqlserver", "clickhouse", "cockroachdb", "oracle", "postgresql+asyncpg", "postgresql+psycopg", "mysql+pymysql", "nats",
    ]

    func urlWithPassword(_ text: ByteText, _ hit: Range<Int>, _ state: inout ScanState) {
        let userStart = hit.upperBound
        let userEnd = text.end(of: Self.unreserved, from: userStart, limit: 256)
        state.charge(userEnd &- userStart)
        guard text[userEnd] == UInt8(ascii: ":") else { return }
        let start = userEnd &+ 1
        let end = text.end(of: Self.unreserved, from: start, limit: 512)
        state.charge(end &- start)
        let schemeStart = text.start(of: [.alnum, .plusOrSlash, .dash, .dot], before: hit.lowerBound, limit: 24)
        if let rule = self.rule(.basicAuth), userEnd > userStart, end > start, text[end] == UInt8(ascii: "@") {
            self.report(rule, text, whole: schemeStart..<(end &+ 1), secret: start..<end, &state)
        }
        guard let rule = self.rule(.databaseURL) else { return }
        let isDatabase = Self.databaseSchemes.contains {
            $0.utf8CodeUnitCount == hit.lowerBound - schemeStart && text.matchesFolded($0, at: schemeStart)
        }
        guard isDatabase else { return }
        // People write passwords into addresses without percent codes; up to the last @ before the host it is all password.
        var stop = end
        let rest = text.end(of: [Self.unreserved, .reserved, .equals], from: end, limit: 256)
        for offset in end..<max(rest, end) where text[offset] == UInt8(ascii: "@") { stop = offset }
        guard text[stop] == UInt8(ascii: "@"), stop > start, text[start] != UInt8(ascii: "$"),
            !ValueFilter.isHarmless(text, start..<stop) || stop &- start > 1 && text.has(.digit, at: start)
        else { return }
        let isLocal = text.matchesFolded("localhost", at: stop &+ 1) || text.matches("127.0.0.1", at: stop &+ 1)
        let repeatsUser =
            stop &- start == userEnd &- userStart
            && (0..<(stop &- start)).allSatisfy { text[start &+ $0] == text[userStart &+ $0] }
        self.report(
            rule, text, whole: schemeStart..<(stop &+ 1), secret: start..<stop, confidence: isLocal || repeatsUser ? .low : nil,
            &state)
    }
}
