/// Takes a Redis URL apart; messages name the part that is wrong and never show it.
struct RedisURLParser {
    private let scheme: String
    private var rest: Substring
    private var query: [(name: String, value: String)] = []

    init(_ text: String) throws(RedisError) {
        guard let separator = text.range(of: "://") else { throw Self.invalid("it has no scheme such as redis://") }
        self.scheme = text[..<separator.lowerBound].lowercased()
        self.rest = text[separator.upperBound...]
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) else {
            throw Self.invalid("it holds blanks or control characters")
        }
        if let mark = self.rest.firstIndex(of: "#") { self.rest = self.rest[..<mark] }
        if let mark = self.rest.firstIndex(of: "?") {
            for pair in self.rest[self.rest.index(after: mark)...].split(separator: "&") {
                let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                let value = parts.count > 1 ? try Self.decoded(parts[1], "a query value") : ""
                self.query.append((try Self.decoded(parts[0], "a query name"), value))
            }
            self.rest = self.rest[..<mark]
        }
    }

    mutating func parse() throws(RedisError) -> RedisURL {
        switch self.scheme {
        case "redis": try self.parseHost(usesTLS: false)
        case "rediss": try self.parseHost(usesTLS: true)
        case "unix", "redis+unix": try self.parseSocket()
        default: throw Self.invalid("its scheme is none of redis, rediss, unix and redis+unix")
        }
    }

    private mutating func parseHost(usesTLS: Bool) throws(RedisError) -> RedisURL {
        let slash = self.rest.firstIndex(of: "/") ?? self.rest.endIndex
        var authority = self.rest[..<slash]
        let path = self.rest[slash...].dropFirst()
        let credentials = try self.takeCredentials(from: &authority)
        var host = authority
        var port = 6_379
        if authority.hasPrefix("[") {
            guard let end = authority.firstIndex(of: "]") else { throw Self.invalid("its IPv6 address has no end") }
            host = authority[authority.index(after: authority.startIndex)..<end]
            let behind = authority[authority.index(after: end)...]
            if !behind.isEmpty {
                guard behind.hasPrefix(":") else { throw Self.invalid("its port is no number from 1 to 65535") }
                port = try Self.port(behind.dropFirst())
            }
        } else if let colon = authority.firstIndex(of: ":") {
            host = authority[..<colon]
            port = try Self.port(authority[authority.index(after: colon)...])
        }
        let name = try Self.decoded(host, "the host")
        return RedisURL(
            address: .host(name.isEmpty ? "localhost" : name, port: port), usesTLS: usesTLS,
            database: try self.database(path: path),
            user: credentials.user, password: credentials.password)
    }

    private mutating func parseSocket() throws(RedisError) -> RedisURL {
        // Only what stands before the path can be credentials; a socket may well have an @ in its name.
        let slash = self.rest.firstIndex(of: "/") ?? self.rest.endIndex
        var authority = self.rest[..<slash]
        let credentials = try self.takeCredentials(from: &authority)
        guard authority.isEmpty else { throw Self.invalid("the path of its socket does not begin with /") }
        let path = try Self.decoded(self.rest[slash...], "the path")
        guard path.utf8.count > 1 else { throw Self.invalid("it has no path of a socket") }
        // A socket address has room for 107 bytes of path on Linux and 103 on macOS.
        guard path.utf8.count <= 103, !path.utf8.contains(0) else { throw Self.invalid("the path of its socket is too long") }
        return RedisURL(
            address: .socket(path: path), usesTLS: false, database: try self.database(path: ""), user: credentials.user,
            password: credentials.password)
    }

    private func takeCredentials(from authority: inout Substring) throws(RedisError) -> (user: String?, password: String?) {
        var user: String?
        var password: String?
        if let at = authority.lastIndex(of: "@") {
            let parts = authority[..<at].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            user = try Self.decoded(parts.first ?? "", "the user")
            password = parts.count > 1 ? try Self.decoded(parts[1], "the password") : nil
            authority = authority[authority.index(after: at)...]
        }
        for (name, value) in self.query {
            if name == "username" { user = value }
            if name == "password" { password = value }
        }
        if user == "" { user = nil }
        if password == "" { password = nil }
        guard user == nil || password != nil else { throw Self.invalid("it names a user without a password") }
        return (user, password)
    }

    private func database(path: Substring) throws(RedisError) -> Int {
        let inQuery = self.query.last { $0.name == "db" }?.value
        let text = inQuery ?? String(path)
        if text.isEmpty { return 0 }
        guard text.utf8.count <= 9, text.utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }), let number = Int(text)
        else {
            throw Self.invalid("its database is no number")
        }
        return number
    }

    private static func port(_ text: Substring) throws(RedisError) -> Int {
        guard text.utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }), let port = Int(text), 1...65_535 ~= port
        else {
            throw Self.invalid("its port is no number from 1 to 65535")
        }
        return port
    }

    private static func decoded(_ text: Substring, _ part: String) throws(RedisError) -> String {
        var bytes: [UInt8] = []
        var iterator = text.utf8.makeIterator()
        while let byte = iterator.next() {
            if byte != UInt8(ascii: "%") {
                bytes.append(byte)
                continue
            }
            guard let high = iterator.next().flatMap(Self.digit), let low = iterator.next().flatMap(Self.digit) else {
                throw Self.invalid("\(part) has a % without two hexadecimal digits")
            }
            bytes.append(high << 4 | low)
        }
        guard let decoded = String(validating: bytes, as: UTF8.self) else { throw Self.invalid("\(part) is no UTF-8") }
        return decoded
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    private static func invalid(_ reason: String) -> RedisError {
        RedisError(.invalidURL, message: "this is no Redis URL: \(reason)")
    }
}

extension String {
    /// Where a text first appears; here because the standard library has no such thing.
    fileprivate func range(of needle: String) -> Range<String.Index>? {
        var start = self.startIndex
        while start < self.endIndex {
            if self[start...].hasPrefix(needle) { return start..<self.index(start, offsetBy: needle.count) }
            start = self.index(after: start)
        }
        return nil
    }
}
