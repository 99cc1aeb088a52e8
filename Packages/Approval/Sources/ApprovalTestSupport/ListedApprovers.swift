public import Approval
public import Identity
public import Persistence
import Synchronization

/// A directory for tests: everybody may decide who was not taken off.
public final class ListedApprovers: ApproverDirectory {
    private struct State {
        var removed: Set<CallerID> = []
        var persons: [CallerID: PersonID] = [:]
    }

    private let state = Mutex(State())

    /// Creates a directory that admits everybody.
    public init() {}

    /// False: the list is in memory.
    public var restsOnDatabase: Bool { false }

    /// Takes somebody off.
    public func remove(_ id: CallerID) {
        self.state.withLock { _ = $0.removed.insert(id) }
    }

    /// Records who stands behind somebody.
    public func name(_ person: PersonID, behind id: CallerID) {
        self.state.withLock { $0.persons[id] = person }
    }

    /// What was recorded.
    public func standing(
        of party: ApprovalParty, presenting key: KeyID?, in connection: any DatabaseConnection
    ) throws -> ApproverStanding {
        self.state.withLock { state in
            state.removed.contains(party.id) ? .mayNotDecide : .mayDecide(person: state.persons[party.id])
        }
    }
}
