public import RateLimit
import Redis

/// A live log of the prescribed layout.
public struct RedisCounter: Sendable, Hashable {
    /// The key, as bytes; other programs may write any.
    public let key: [UInt8]
    /// Units within the window.
    public let count: Int64
    /// The limit that holds where a question names none.
    public let limit: Int64
    /// The window that was counted, in milliseconds.
    public let windowMilliseconds: Int64
}

/// A part of the listing of live logs.
public struct RedisCounterPage: Sendable {
    /// The counters; there may be none although more follow.
    public let counters: [RedisCounter]
    /// Where the next page begins; nil after the last.
    public let next: Cursor?

    /// A place within the listing.
    public struct Cursor: Sendable, Hashable, CustomStringConvertible {
        enum Place: Sendable, Hashable {
            /// Behind a row of the index.
            case row(score: UInt64, name: [UInt8])
            /// Within the scan for logs that are not in the index.
            case scan(UInt64)
        }

        let place: Place

        init(_ place: Place) { self.place = place }

        /// Reads a place as ``description`` writes it.
        public init?(_ text: String) {
            let parts = text.split(separator: "-", omittingEmptySubsequences: false)
            guard text.utf8.count <= 16_384, parts.count >= 2, parts[1].utf8.allSatisfy({ (48...57).contains($0) }),
                let number = UInt64(parts[1])
            else { return nil }
            switch (parts[0], parts.count) {
            case ("s", 2): self.place = .scan(number)
            case ("r", 3):
                guard number > 0, number < 1 << 53, let name = Self.bytes(ofHexadecimal: parts[2]) else { return nil }
                self.place = .row(score: number, name: name)
            default: return nil
            }
        }

        /// Letters, digits and hyphens.
        public var description: String {
            switch self.place {
            case .scan(let cursor): "s-\(cursor)"
            case .row(let score, let name):
                "r-\(score)-" + name.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
            }
        }

        private static func bytes(ofHexadecimal text: Substring) -> [UInt8]? {
            let digits = Array(text.utf8)
            guard digits.count.isMultiple(of: 2) else { return nil }
            var bytes: [UInt8] = []
            for position in stride(from: 0, to: digits.count, by: 2) {
                guard let byte = UInt8(String(decoding: digits[position...(position + 1)], as: UTF8.self), radix: 16),
                    digits[position] != UInt8(ascii: "+")
                else { return nil }
                bytes.append(byte)
            }
            return bytes
        }
    }
}

/// What people and programs that look after the limits need, in the prescribed layout.
extension RedisRateLimitStore {
    /// How many keys one step of a scan looks at.
    private static let keysPerScan = 1_000

    /// Whether a key would read like one that the prescribed layout uses for something else: it ends in `:seq`, begins with
    /// `limit:` or is `limit`. Checks of such keys throw `invalidKey`.
    public static func isReserved(_ key: RateLimitKey) -> Bool {
        let parts = key.parts
        return parts.count == 1 && CheckPlan.isReserved(parts[0])
    }

    /// Stores an override, `ratelimit:limit:{key}`; it never expires.
    ///
    /// - Parameters:
    ///   - limit: Units per window, 0 or more.
    ///   - windowMilliseconds: The window; nil leaves one that was stored as it is.
    ///   - key: A key of one part.
    /// - Returns: The override as it is stored now.
    /// - Throws: `RateLimitError` with code `invalidQuota` when a number is out of its range, `invalidKey`, or
    ///   `storeUnavailable`.
    @discardableResult
    public func setOverride(
        limit: Int64, windowMilliseconds: Int64?, of key: RateLimitKey
    ) async throws(RateLimitError) -> LimitOverride {
        _ = try Quota(limit: limit, per: windowMilliseconds ?? 1, .millisecond)
        var arguments = RedisScriptArguments()
        arguments.append(key: try Self.overrideKey(of: key))
        arguments.append(limit)
        if let windowMilliseconds { arguments.append(windowMilliseconds) }
        return try Self.override(try await self.evaluate(Self.setScript, arguments))
    }

    /// The override that is stored for a key; what is not a number in its range is left out.
    ///
    /// - Returns: The override, nil when there is none.
    /// - Throws: `RateLimitError` with code `invalidKey` or `storeUnavailable`.
    public func override(of key: RateLimitKey) async throws(RateLimitError) -> LimitOverride? {
        var arguments = RedisScriptArguments()
        arguments.append(key: try Self.overrideKey(of: key))
        let override = try Self.override(try await self.evaluate(Self.getScript, arguments))
        return override.limit == nil && override.windowMilliseconds == nil ? nil : override
    }

    /// Forgets what is counted for a key in the prescribed layout, under every algorithm and window; an override stays.
    ///
    /// - Returns: Whether anything was there.
    /// - Throws: `RateLimitError` with code `invalidKey` or `storeUnavailable`.
    public func resetCheck(_ key: RateLimitKey) async throws(RateLimitError) -> Bool {
        let name = try CheckPlan.prescribedName(of: key)
        var arguments = RedisScriptArguments(minimumCapacity: 4 * name.count + 128)
        arguments.append(key: Array("ratelimit:".utf8) + name)
        arguments.append(key: Array("ratelimit:".utf8) + name + Array(":seq".utf8))
        arguments.append(key: self.prefix + Array("check:".utf8) + name)
        arguments.append(bytes: name)
        guard case .integer(let had) = try await self.evaluate(self.scripts.forget, arguments) else { throw .unexpectedReply }
        return had > 0
    }

    /// A page of live logs: first those that the store has counted, from its index, then those that only other programs write.
    ///
    /// A log that lives throughout is listed, and may be listed twice when it was counted meanwhile. Each page is one bounded
    /// step, so a page of the second part may be empty although more follow.
    ///
    /// - Parameters:
    ///   - cursor: Where to go on; nil for the first page.
    ///   - limit: The most rows of the first part, 1 to 1 000; pages of the second part may have more.
    ///   - quota: What holds where a key has no override.
    /// - Throws: `RateLimitError` with code `storeUnavailable`.
    public func listCounters(
        after cursor: RedisCounterPage.Cursor? = nil, limit: Int, default quota: Quota
    ) async throws(RateLimitError) -> RedisCounterPage {
        var arguments = RedisScriptArguments()
        arguments.append(min(max(limit, 1), 1_000))
        arguments.append(min(quota.limit, RateLimitScripts.greatestLimit))
        arguments.append(quota.windowMilliseconds)
        var isScan = false
        switch cursor?.place {
        case nil:
            arguments.append("index")
            arguments.append(0)
            arguments.append("")
        case .row(let score, let name)?:
            arguments.append("index")
            arguments.append("\(score)")
            arguments.append(bytes: name)
        case .scan(let place)?:
            isScan = true
            arguments.append("scan")
            arguments.append("\(place)")
            arguments.append(Self.keysPerScan)
        }
        guard case .array(let reply) = try await self.evaluate(self.scripts.counters, arguments), reply.count == 3,
            case .array(let rows) = reply[0], let score = reply[1].text, let name = reply[2].bytes
        else { throw .unexpectedReply }
        let next: RedisCounterPage.Cursor?
        if isScan {
            guard let place = UInt64(score) else { throw .unexpectedReply }
            next = place == 0 ? nil : RedisCounterPage.Cursor(.scan(place))
        } else {
            next = RedisCounterPage.Cursor(UInt64(score).map { .row(score: $0, name: name) } ?? .scan(0))
        }
        var counters: [RedisCounter] = []
        for row in rows { counters.append(try RedisCounter(row)) }
        return RedisCounterPage(counters: counters, next: next)
    }

    /// How many logs the store has counted that are live.
    ///
    /// - Throws: `RateLimitError` with code `storeUnavailable`.
    public func liveKeyCount() async throws(RateLimitError) -> Int {
        guard case .integer(let count) = try await self.evaluate(self.scripts.live, RedisScriptArguments()) else {
            throw .unexpectedReply
        }
        return Int(truncatingIfNeeded: count)
    }

    /// Takes keys that have ended out of the index, oldest first; a node calls this every few seconds.
    ///
    /// - Parameter limit: The most keys to take out, so that no call holds up the server.
    /// - Returns: How many were taken out; as many as the limit when more may be left.
    /// - Throws: `RateLimitError` with code `storeUnavailable`.
    public func purgeIndex(limit: Int = 10_000) async throws(RateLimitError) -> Int {
        var arguments = RedisScriptArguments()
        arguments.append(key: self.prefix + Array(RateLimitScripts.indexName.utf8))
        arguments.append(key: self.prefix + Array(RateLimitScripts.ownIndexName.utf8))
        arguments.append(min(max(limit, 0), 1_000_000))
        guard case .integer(let count) = try await self.evaluate(self.scripts.purge, arguments) else { throw .unexpectedReply }
        return Int(truncatingIfNeeded: count)
    }

    // MARK: - Overrides

    private static let setScript = RedisScript(
        """
        redis.call('HSET', KEYS[1], 'limit', ARGV[1])
        if ARGV[2] then redis.call('HSET', KEYS[1], 'window_ms', ARGV[2]) end
        return redis.call('HMGET', KEYS[1], 'limit', 'window_ms')
        """)
    private static let getScript = RedisScript("return redis.call('HMGET', KEYS[1], 'limit', 'window_ms')")

    private static func overrideKey(of key: RateLimitKey) throws(RateLimitError) -> [UInt8] {
        Array("ratelimit:limit:".utf8) + (try CheckPlan.prescribedName(of: key))
    }

    private static func override(_ value: RedisValue) throws(RateLimitError) -> LimitOverride {
        guard case .array(let fields) = value, fields.count == 2 else { throw .unexpectedReply }
        let limit = fields[0].integerValue.flatMap { $0 >= 0 ? $0 : nil }
        let window = fields[1].integerValue.flatMap { (1...Quota.maximumWindowMilliseconds).contains($0) ? $0 : nil }
        return LimitOverride(limit: limit, windowMilliseconds: window)
    }
}

extension RedisCounter {
    /// - Throws: `RateLimitError` with code `storeUnavailable` when it is no row of a listing.
    fileprivate init(_ value: RedisValue) throws(RateLimitError) {
        guard case .array(let fields) = value, fields.count == 4, let key = fields[0].bytes,
            case .integer(let count) = fields[1], case .integer(let limit) = fields[2], case .integer(let window) = fields[3]
        else { throw .unexpectedReply }
        self.init(key: key, count: count, limit: limit, windowMilliseconds: window)
    }
}
