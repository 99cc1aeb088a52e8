import RateLimit
import Redis

/// One check in the terms of the scripts: which meter, which key, and the numbers it needs.
struct CheckPlan {
    /// The most entries that one decision may add to logs with one entry per unit.
    static let greatestUnitCount: Int64 = 10_000

    enum Kind: String {
        case fixedWindow = "F"
        case slidingCounter = "C"
        case tokenBucket = "B"
        case ownLog = "L"
        case sharedLog = "S"
        case userBucket = "T"
    }

    let kind: Kind
    let check: RateLimitCheck
    let overridable: LimitOverride.Parts
    /// The key of the counter.
    let key: [UInt8]
    /// The field within a hash, or the key of the index of a shared log that is not prescribed; empty otherwise.
    let field: [UInt8]
    /// The key of one part as other programs write it, for the index and for overrides.
    let name: [UInt8]

    /// The limit that the scripts go by.
    var limit: Int64 { min(self.check.rule.quota.limit, RateLimitScripts.greatestLimit) }
    /// The cost that the scripts go by; above every limit when it was.
    var cost: Int64 { min(self.check.cost, RateLimitScripts.greatestLimit + 1) }
    /// Entries that the check may add to a log with one entry per unit.
    var unitCount: Int64 { self.kind == .sharedLog ? self.check.cost : 0 }

    init(_ check: OverridableCheck, layout: RedisRateLimitLayout, prefix: [UInt8]) throws(RateLimitError) {
        let rule = check.check.rule
        self.check = check.check
        self.overridable = check.overridable
        switch layout {
        case .bucket(let requests):
            self.kind = .userBucket
            self.name = try Self.onlyPart(of: check.check.key)
            self.key = Array("rl:".utf8) + self.name + Array(":\(requests.rawValue)".utf8)
            self.field = []
        case .check:
            self.name = try Self.prescribedName(of: check.check.key)
            if rule.algorithm == .slidingLog {
                self.kind = .sharedLog
                self.key = Array("ratelimit:".utf8) + self.name
                self.field = []
            } else {
                self.kind = Kind(rule.algorithm)
                self.key = prefix + Array("check:".utf8) + self.name
                self.field = Array("\(Self.form(of: rule, kind: self.kind)):\(rule.name)".utf8)
            }
        case .own:
            let ruleName = Array(rule.name.description.utf8)
            let tail = Array(":\(ruleName.count):".utf8) + ruleName + check.check.key.joinedBytes
            if rule.algorithm == .slidingLog, rule.sharesWindows {
                self.kind = .sharedLog
                self.key = prefix + Array("rl:S".utf8) + tail
                self.field = prefix + Array(RateLimitScripts.ownIndexName.utf8)
                self.name = check.overridable.isEmpty ? self.key : try Self.onlyPart(of: check.check.key)
            } else {
                self.kind = Kind(rule.algorithm)
                self.key = prefix + Array("rl:\(Self.form(of: rule, kind: self.kind))".utf8) + tail
                self.field = []
                self.name = check.overridable.isEmpty ? [] : try Self.onlyPart(of: check.check.key)
            }
        }
        guard
            self.kind != .sharedLog || self.cost <= Self.greatestUnitCount
                || (check.overridable.isEmpty && self.cost > self.limit)
        else {
            throw RateLimitError(
                .invalidCost,
                message: "a log with one entry per unit takes at most \(Self.greatestUnitCount) units at once, not \(self.cost)")
        }
    }

    /// Algorithm, unit and window as they stand in a key or field; a script may replace the last two.
    private static func form(of rule: RateLimitRule, kind: Kind) -> String {
        // A bucket whose capacity and refill are told apart goes on under any numbers.
        rule.algorithm == .tokenBucket && rule.quota.isBucket
            ? "\(kind.rawValue):7:0" : "\(kind.rawValue):\(rule.quota.unit.rawValue):\(rule.quota.windowNanoseconds)"
    }

    /// The one part of a key.
    ///
    /// - Throws: `RateLimitError` with code `invalidKey` when the key has another number of parts.
    static func onlyPart(of key: RateLimitKey) throws(RateLimitError) -> [UInt8] {
        let joined = key.joinedBytes
        var position = 0
        var length = 0
        while position < min(joined.count, 3) {
            let byte = joined[position]
            length |= Int(byte & 0x7F) << (7 * position)
            position += 1
            if byte < 0x80 { break }
        }
        guard position > 0, position + length == joined.count else {
            throw RateLimitError(.invalidKey, message: "this rule takes keys of one part, not of \(key.parts.count)")
        }
        return Array(joined[position...])
    }

    /// The one part of a key, which must not read like a key that the layout uses for something else.
    ///
    /// - Throws: `RateLimitError` with code `invalidKey` when the name is reserved or the key has another number of parts.
    static func prescribedName(of key: RateLimitKey) throws(RateLimitError) -> [UInt8] {
        let name = try self.onlyPart(of: key)
        guard !self.isReserved(name) else {
            throw RateLimitError(
                .invalidKey, message: "the key is reserved: it ends in \":seq\", begins with \"limit:\", or is \"limit\"")
        }
        return name
    }

    /// Whether `ratelimit:` and the name would be the key of a sequence number or an override.
    static func isReserved(_ name: some BidirectionalCollection<UInt8>) -> Bool {
        name.starts(with: "limit:".utf8) || name.elementsEqual("limit".utf8)
            || name.suffix(4).elementsEqual(":seq".utf8)
    }

    /// Adds the ten words that a script reads for each check.
    func append(to arguments: inout RedisScriptArguments) {
        let quota = self.check.rule.quota
        arguments.append(self.kind.rawValue)
        arguments.append(self.cost)
        arguments.append(self.limit)
        switch self.kind {
        case .sharedLog:
            let code = WindowCode(milliseconds: quota.windowMilliseconds)
            arguments.append(quota.windowMilliseconds)
            arguments.append(quota.windowMilliseconds)
            arguments.append(code.rawValue)
            arguments.append(code.milliseconds)
        case .tokenBucket:
            arguments.append(quota.windowMilliseconds * 1_000)
            arguments.append(quota.windowMilliseconds)
            arguments.append(min(quota.refill, RateLimitScripts.greatestLimit))
            arguments.append(quota.isBucket ? 1 : 0)
        case .fixedWindow, .slidingCounter, .ownLog, .userBucket:
            arguments.append(quota.windowMilliseconds * 1_000)
            arguments.append(quota.windowMilliseconds)
            arguments.append(0)
            arguments.append(0)
        }
        arguments.append(Int64(self.overridable.rawValue))
        arguments.append(bytes: self.field)
        arguments.append(bytes: self.name)
    }
}

extension CheckPlan.Kind {
    fileprivate init(_ algorithm: RateLimitAlgorithm) {
        self =
            switch algorithm {
            case .fixedWindow: .fixedWindow
            case .slidingCounter: .slidingCounter
            case .tokenBucket: .tokenBucket
            case .slidingLog: .ownLog
            }
    }
}
