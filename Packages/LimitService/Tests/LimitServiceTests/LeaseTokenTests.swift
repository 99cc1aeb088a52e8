import Cryptography
import RateLimit
import TestKit
import Testing

@testable import LimitService

@Suite("Lease tokens")
struct LeaseTokenTests {
    private let rules: RuleBook
    private let coder: LeaseTokenCoder
    private let lease: RateLimitLease

    init() throws {
        self.rules = try RuleBook(onStoreFailure: .local)
        self.coder = try LeaseTokenCoder(key: try SecretBytes.random())
        let rule = try self.rules.check(limit: 10, windowMilliseconds: 60_000, algorithm: .slidingLog)
        self.lease = RateLimitLease(
            id: 7, issuer: .max, checks: [try RateLimitCheck(rule, try RateLimitKey("a\0é:b"), cost: 8)],
            instant: RateLimitInstant(nanoseconds: -5), marks: [.min + 1])
    }

    @Test("bring back the lease that went in")
    func roundTrip() throws {
        let token = try #require(try self.coder.token(of: self.lease))
        #expect(try self.coder.lease(from: token, rules: self.rules) == self.lease)
    }

    @Test("are worth nothing when a bit was changed, cut or added, or under another key")
    func tampered() throws {
        let token = try #require(try self.coder.token(of: self.lease))
        let bytes = try #require(Base64URL.decode(token))
        for place in bytes.indices {
            var changed = bytes
            changed[place] ^= 1
            #expect(try self.coder.lease(from: Base64URL.encode(changed), rules: self.rules) == nil)
        }
        for count in 0..<bytes.count {
            #expect(try self.coder.lease(from: Base64URL.encode(bytes.prefix(count)), rules: self.rules) == nil)
        }
        #expect(try self.coder.lease(from: Base64URL.encode(bytes + [0]), rules: self.rules) == nil)
        let other = try LeaseTokenCoder(key: try SecretBytes.random())
        #expect(try other.lease(from: token, rules: self.rules) == nil)
    }

    @Test("are read from random text without a trap")
    func random() throws {
        var random = SeededGenerator(seed: 3)
        for _ in 0..<2_000 {
            let bytes = (0..<Int.random(in: 0...200, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
            #expect(try self.coder.lease(from: Base64URL.encode(bytes), rules: self.rules) == nil)
        }
    }
}
