import Approval
import StrictJSON
import Synchronization

/// Something that has happened.
final class Flag: Sendable {
    private let state = Atomic(false)

    var isOn: Bool { self.state.load(ordering: .acquiring) }

    func turnOn() { self.state.store(true, ordering: .releasing) }
}

/// A cache that can be read and, for a while, not be changed.
final class DeafCache: ApprovalCache {
    private struct Deaf: Error {}

    private let isDeaf = Atomic(false)
    private let values = Mutex<[ApprovalHandle: JSONValue]>([:])

    func turnDeaf(_ isDeaf: Bool) { self.isDeaf.store(isDeaf, ordering: .relaxed) }

    func store(_ value: JSONValue, for handle: ApprovalHandle, timeToLive: Duration) async throws {
        if self.isDeaf.load(ordering: .relaxed) { throw Deaf() }
        self.values.withLock { $0[handle] = value }
    }

    func value(for handle: ApprovalHandle) async throws -> JSONValue? {
        self.values.withLock { $0[handle] }
    }

    func forget(_ handle: ApprovalHandle, for duration: Duration) async throws {
        if self.isDeaf.load(ordering: .relaxed) { throw Deaf() }
        _ = self.values.withLock { $0.removeValue(forKey: handle) }
    }
}

/// A cache before which something happens each time that a value comes.
struct SlowCache: ApprovalCache {
    private let cache: any ApprovalCache
    private let before: @Sendable (ApprovalHandle) async throws -> Void

    init(_ cache: any ApprovalCache, before: @escaping @Sendable (ApprovalHandle) async throws -> Void) {
        self.cache = cache
        self.before = before
    }

    func store(_ value: JSONValue, for handle: ApprovalHandle, timeToLive: Duration) async throws {
        try await self.before(handle)
        try await self.cache.store(value, for: handle, timeToLive: timeToLive)
    }

    func value(for handle: ApprovalHandle) async throws -> JSONValue? {
        try await self.cache.value(for: handle)
    }

    func forget(_ handle: ApprovalHandle, for duration: Duration) async throws {
        try await self.cache.forget(handle, for: duration)
    }
}
