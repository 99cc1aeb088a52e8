import Cryptography
import Synchronization
import Testing

@testable import Auth

@Suite("Desk of attempts", .timeLimit(.minutes(1)))
struct AttemptDeskTests {
    private let digest = SHA256.hash("a".utf8)

    @Test("lets one lead for each key, and wakes the others when it leaves")
    func leads() async throws {
        let desk = AttemptDesk(maximumAttempts: 2, maximumWaiters: 2)
        #expect(try await desk.turn(for: self.digest) == .lead)
        #expect(try await desk.turn(for: SHA256.hash("b".utf8)) == .lead)
        #expect(
            await #expect(throws: AuthError.self) { try await desk.turn(for: SHA256.hash("c".utf8)) }?.code == .tooManyAttempts)
        async let second = desk.turn(for: self.digest)
        async let third = desk.turn(for: self.digest)
        while desk.waiterCount < 2 { await Task.yield() }
        #expect(await #expect(throws: AuthError.self) { try await desk.turn(for: self.digest) }?.code == .tooManyAttempts)
        desk.leave(self.digest)
        #expect(try await [second, third] == [.again, .again])
        #expect(desk.waiterCount == 0)
        #expect(try await desk.turn(for: self.digest) == .lead)
    }

    @Test("lets go of a request that is cancelled while it waits, or before")
    func cancellation() async throws {
        let desk = AttemptDesk(maximumAttempts: 1, maximumWaiters: 1)
        #expect(try await desk.turn(for: self.digest) == .lead)
        let digest = self.digest
        for isWaiting in [true, false] {
            let task = Task { try await desk.turn(for: digest) }
            if isWaiting { while desk.waiterCount < 1 { await Task.yield() } }
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            #expect(desk.waiterCount == 0)
        }
        desk.leave(self.digest)
    }
}

@Suite("Progress of a search")
struct SearchProgressTests {
    private let digest = SHA256.hash("a".utf8)

    @Test("is one range that grows both ways, and what names pointed to")
    func range() {
        var progress = SearchProgress(capacity: 2)
        var tried = progress.tried(for: self.digest)
        #expect(!tried.contains(5))
        for number in [9, 8, 10, 12] as [Int64] { tried.note(number) }
        tried.hinted.append(3)
        progress.set(tried, for: self.digest)
        let again = progress.tried(for: self.digest)
        #expect((1...13).filter { again.contains($0) } == [3, 8, 9, 10, 11, 12])
        progress.remove(self.digest)
        #expect(!progress.tried(for: self.digest).contains(9))
    }

    @Test("of the key whose last attempt is the longest ago is forgotten first, and no other", arguments: [1, 3, 50])
    func oldest(_ capacity: Int) {
        var progress = SearchProgress(capacity: capacity)
        var tried = SearchProgress.Tried()
        tried.note(1)
        let digests = (0..<(capacity * 8)).map { SHA256.hash("\($0)".utf8) }
        // The first key is tried again and again, so it is never the oldest.
        for (number, digest) in digests.enumerated() {
            if capacity > 1, number > 0 { progress.set(tried, for: digests[0]) }
            progress.set(tried, for: digest)
            #expect(progress.count <= capacity)
        }
        let known = digests.indices.filter { progress.tried(for: digests[$0]).contains(1) }
        let newest = Array(digests.indices.suffix(capacity > 1 ? capacity - 1 : 1))
        #expect(known == (capacity > 1 ? [0] : []) + newest)
        // One that was found leaves its place to the next.
        progress.remove(digests[digests.count - 1])
        progress.set(tried, for: self.digest)
        #expect(progress.count == capacity)
    }

    @Test("is remembered of a bounded number of keys, and of none that had nothing to try")
    func capacity() {
        var progress = SearchProgress(capacity: 3)
        var tried = SearchProgress.Tried()
        tried.note(1)
        let digests = (0..<10).map { SHA256.hash("\($0)".utf8) }
        for digest in digests { progress.set(tried, for: digest) }
        #expect(progress.count == 3)
        progress.set(SearchProgress.Tried(reachedOldest: true), for: self.digest)
        #expect(!progress.tried(for: self.digest).reachedOldest)
    }
}
