import Approval
import Foundation
import Persistence

/// A ledger and an outbox that end the process as `kill -9` does, in the middle of a change: `before` the commit or `after` it.
struct Doomed: ApprovalLedger, ApprovalOutbox {
    let moment: String

    func write(_ notice: ApprovalNotice, on connection: any DatabaseConnection) throws {
        if self.moment == "before" { self.die() }
    }

    func record(_ event: ApprovalEvent) async -> Bool {
        if self.moment == "after", case .done = event.phase { self.die() }
        return true
    }

    private func die() -> Never {
        kill(getpid(), SIGKILL)
        while true { pause() }
    }
}
