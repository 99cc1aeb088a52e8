import Cryptography
import Identity
import Persistence
import Testing

@testable import Auth

@Suite("Caller cache")
struct CallerCacheTests {
    private let digest = SHA256.hash("k".utf8)
    private let entry = CallerCache.Entry(caller: Caller(id: CallerID(unchecked: "u"), kind: .user), expiresAt: nil)
    private let now = Timestamp.epoch

    @Test("remembers what was added in the same generation")
    func remembers() {
        var cache = CallerCache(capacity: 10)
        cache.add(self.entry, for: self.digest, from: cache.stamp)
        #expect(cache.entry(for: self.digest, at: self.now)?.caller.id.text == "u")
    }

    @Test("does not take a look-up that was in flight during an invalidation")
    func staleLookUp() {
        var cache = CallerCache(capacity: 10)
        let stamp = cache.stamp
        cache.invalidateAll()
        cache.add(self.entry, for: self.digest, from: stamp)
        #expect(cache.entry(for: self.digest, at: self.now) == nil)
    }

    @Test("forgets everything at an invalidation")
    func invalidation() {
        var cache = CallerCache(capacity: 10)
        cache.add(self.entry, for: self.digest, from: cache.stamp)
        cache.invalidateAll()
        #expect(cache.entry(for: self.digest, at: self.now) == nil)
    }

    @Test("stops naming a caller at the instant of expiry")
    func expiry() throws {
        var cache = CallerCache(capacity: 10)
        let expiry = try #require(Timestamp(microseconds: 1_000))
        let before = try #require(Timestamp(microseconds: 999))
        cache.add(CallerCache.Entry(caller: self.entry.caller, expiresAt: expiry), for: self.digest, from: cache.stamp)
        #expect(cache.entry(for: self.digest, at: before) != nil)
        #expect(cache.entry(for: self.digest, at: expiry) == nil)
    }

    @Test("stays within its capacity")
    func capacity() {
        var cache = CallerCache(capacity: 3)
        let digests = (0..<10).map { SHA256.hash("\($0)".utf8) }
        for digest in digests { cache.add(self.entry, for: digest, from: cache.stamp) }
        #expect(digests.filter { cache.entry(for: $0, at: self.now) != nil }.count <= 3)
    }
}
