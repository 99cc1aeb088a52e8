import RateLimit
import TestKit
import Testing

@Suite("Keys")
struct RateLimitKeyTests {
    /// All tuples of up to three parts over bytes that are easily mistaken for separators or lengths.
    static let trickyTuples: [[[UInt8]]] = {
        let parts: [[UInt8]] = [[], [0], [1], [0x3A], [0x7C], [0x5F], [1, 0x3A], [0x80], [0xC3, 0xA9], [0x65, 0xCC, 0x81]]
        var tuples: [[[UInt8]]] = []
        for first in parts {
            tuples.append([first])
            for second in parts {
                tuples.append([first, second])
                for third in parts { tuples.append([first, second, third]) }
            }
        }
        return tuples
    }()

    @Test("gives every tuple a counter of its own, whatever its bytes")
    func neverCollides() throws {
        let store = try InProcessRateLimitStore(memoryBytes: 1 << 20)
        let rule = try RateLimitRule("keys", quota: try Quota(limit: 1, .hour))
        for tuple in Self.trickyTuples {
            let verdict = store.decide(RateLimitCheck(rule, try RateLimitKey(parts: tuple)), at: .start)
            try #require(verdict.isAdmitted, "\(tuple) shares a counter")
        }
        #expect(store.statistics.counters == Self.trickyTuples.count)
    }

    @Test("gives random tuples of every length counters of their own and takes them apart again")
    func randomTuples() throws {
        var generator = SeededGenerator(seed: TestRun.seed)
        let store = try InProcessRateLimitStore(memoryBytes: 32 << 20)
        let rule = try RateLimitRule("keys", quota: try Quota(limit: 1, .hour), algorithm: .fixedWindow)
        var seen: Set<[[UInt8]]> = []
        for _ in 0..<TestRun.count(10_000, long: 200_000) {
            let bytes: [UInt8] = [0, 1, 2, 0x3A, 0x7C, 0xFF]
            let tuple: [[UInt8]] = (0..<Int.random(in: 1...4, using: &generator)).map { _ in
                (0..<Int.random(in: 0...(Bool.random(using: &generator) ? 3 : 90), using: &generator)).map { _ in
                    bytes.randomElement(using: &generator) ?? 0
                }
            }
            let key = try RateLimitKey(parts: tuple)
            try #require(key.parts == tuple)
            let isNew = seen.insert(tuple).inserted
            try #require(store.decide(RateLimitCheck(rule, key), at: .start).isAdmitted == isNew, "\(tuple)")
        }
    }

    @Test("keeps counters apart whose hashes are equal")
    func survivesCollisions() throws {
        let store = try InProcessRateLimitStore(memoryBytes: 64 << 10)
        let quota = try Quota(limit: 5, .hour)
        let rules = [try RateLimitRule("one", quota: quota), try RateLimitRule("two", quota: quota)]
        let long = String(repeating: "x", count: 100)
        let texts = ["key", "kez", "first-word-alike-then-a", "first-word-alike-then-b", long + "a", long + "b"]
        let first = try RateLimitKey(texts[0])
        for rule in rules {
            for text in texts {
                let key = try RateLimitKey(text).colliding(under: rule, with: first, under: rules[0])
                let verdict = store.decide(RateLimitCheck(rule, key), at: .start)
                #expect(verdict.used == 1, "\(rule.name), \(text)")
            }
        }
        #expect(store.statistics.counters == 12)
    }

    @Test("builds the same key from text, bytes and parts")
    func buildsAlike() throws {
        let text = String(repeating: "ключ", count: 30)
        for part in ["", "a", "exactly-21-bytes-long", "exactly-22-bytes-long!", text] {
            let bytes = Array(part.utf8)
            let key = try RateLimitKey(part)
            #expect(try key == RateLimitKey(parts: [bytes]))
            #expect(try bytes.withUnsafeBytes { try RateLimitKey(bytes: $0) } == key)
            #expect(try RateLimitKey("user", part) == RateLimitKey(parts: [Array("user".utf8), bytes]))
            #expect(key.hashValue == (try RateLimitKey(part)).hashValue)
        }
        #expect(try RateLimitKey("user", "é:1").joinedBytes == [4, 0x75, 0x73, 0x65, 0x72, 4, 0xC3, 0xA9, 0x3A, 0x31])
    }

    @Test("joins parts of every length at every place as if written byte by byte", arguments: 0...48)
    func joinsByteByByte(_ byteCount: Int) throws {
        // No two bytes alike, so that a byte lost, doubled or moved shows; the later bytes are not ASCII.
        let bytes = (0..<byteCount).map { UInt8(truncatingIfNeeded: 100 + $0) }
        let whole = try bytes.withUnsafeBytes { try RateLimitKey(bytes: $0) }
        try #require(whole.joinedBytes == [UInt8(byteCount)] + bytes)
        for cut in 0...byteCount {
            let parts = [Array(bytes[..<cut]), Array(bytes[cut...])]
            let joined = [UInt8(cut)] + parts[0] + [UInt8(byteCount - cut)] + parts[1]
            let key = try RateLimitKey(parts: parts)
            try #require(key.joinedBytes == joined, "cut at \(cut)")
            try #require(key.byteCount == joined.count, "cut at \(cut)")
            guard let first = String(validating: parts[0], as: UTF8.self),
                let second = String(validating: parts[1], as: UTF8.self)
            else { continue }
            try #require(try RateLimitKey(first, second) == key, "cut at \(cut)")
        }
    }

    @Test("keeps texts apart that only Unicode calls equal")
    func keepsForms() throws {
        #expect("\u{E9}" == "e\u{301}")
        #expect(try RateLimitKey("\u{E9}") != RateLimitKey("e\u{301}"))
    }

    @Test("refuses a key that is too long")
    func refusesLong() throws {
        let longest = try RateLimitKey(parts: [Array(repeating: 7, count: RateLimitKey.maximumByteCount - 2)])
        #expect(longest.byteCount == RateLimitKey.maximumByteCount)
        let error = #expect(throws: RateLimitError.self) {
            try RateLimitKey(parts: [Array(repeating: 7, count: RateLimitKey.maximumByteCount - 1)])
        }
        #expect(error?.code == .invalidKey)
    }
}
