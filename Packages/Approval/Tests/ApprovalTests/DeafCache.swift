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
