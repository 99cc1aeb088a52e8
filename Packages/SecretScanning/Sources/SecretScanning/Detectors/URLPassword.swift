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
        var reported: Range<Int>?
        if let rule = self.rule(.basicAuth), userEnd > userStart, end > start, text[end] == UInt8(ascii: "@") {
            let isDoubtful = Self.isDoubtful(text, user: userStart..<userEnd, password: start..<end)
            self.report(
                rule, text, whole: schemeStart..<(end &+ 1), secret: start..<end, confidence: isDoubtful ? .low : nil, &state)
            if !ValueFilter.isHarmless(text, start..<end) { reported = start..<end }
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
        // The older name for the same value stands; one secret is one find.
        if reported == start..<stop { return }
        let isDoubtful = Self.isDoubtful(text, user: userStart..<userEnd, password: start..<stop)
        self.report(
            rule, text, whole: schemeStart..<(stop &+ 1), secret: start..<stop, confidence: isDoubtful ? .low : nil, &state)
    }

    /// `…;Password=…` and `…&password=…` in the addresses and lists by which programs find a database.
    func databaseParameter(_ text: ByteText, _ word: Range<Int>, _ state: inout ScanState) {
        guard let rule = self.rule(.databaseURL), text[word.upperBound] == UInt8(ascii: "="),
            let before = Optional(text[word.lowerBound &- 1]), "?&; ".utf8.contains(before)
        else { return }
        let start = word.upperBound &+ 1
        let end = text.end(of: [Self.unreserved, .plusOrSlash], from: start, limit: 200)
        state.charge(200)
        guard end &- start >= 4 else { return }
        // What lies between two such words is looked through once.
        let (reach, seen) = (max(word.lowerBound &- 200, 0), state.progress.signEnd &- Self.longestSign)
        if word.lowerBound > state.progress.signEnd {
            let sign = Self.databaseSigns.lastStart(text, in: max(reach, seen)..<word.lowerBound)
            state.progress.signStart = sign ?? state.progress.signStart
            state.progress.signEnd = word.lowerBound
        }
        guard state.progress.signStart >= reach else { return }
        self.report(rule, text, whole: word.lowerBound..<end, secret: start..<end, &state)
    }

    private static let databaseSigns = KeywordAutomaton(words: [
        "jdbc:", "server=", "data source=", "user id=", "uid=", "postgresql://", "postgres://", "mysql://", "sqlserver://",
        "mongodb://", "mariadb://",
    ])

    private static let longestSign = 16

    private static let ownHosts: [StaticString] = ["localhost", "127.0.0.1", "[::1]", "example.", "www.example."]

    /// Whether a password is too short to be one, repeats the user, or leads to this machine or to a host of examples.
    private static func isDoubtful(_ text: ByteText, user: Range<Int>, password: Range<Int>) -> Bool {
        let host = password.upperBound &+ 1
        if password.count < 4 || self.ownHosts.contains(where: { text.matchesFolded($0, at: host) }) { return true }
        let hostEnd = text.end(of: [.alnum, .dash, .dot], from: host, limit: 64)
        if hostEnd &- host == 4, text.matches("host", at: host) { return true }
        return password.count == user.count
            && (0..<password.count).allSatisfy { text[password.lowerBound &+ $0] == text[user.lowerBound &+ $0] }
    }
}
