import Logging
import Persistence
import Synchronization

extension ApprovalDesk {
    /// Some requests, and the numbers of all rows that were found, those included which cannot be read.
    struct ReadPage: Sendable {
        var numbers: [Int64] = []
        var requests: [StoredApproval] = []
    }

    /// The most rows that are remembered as told of.
    private static let mostTold = 1_000

    /// Reads requests so that a row which cannot be read, such as one that another tool has spoilt, is reported and hides no other.
    ///
    /// - Parameter tail: `WHERE`, `ORDER BY` and `LIMIT` over ``ApprovalTable/source``.
    /// - Throws: `PersistenceError` that is not about one row.
    func readable(_ tail: SQL) async throws -> ReadPage {
        let rows: [Row]
        do {
            rows = try await self.database.query("\(ApprovalTable.selection) \(tail)")
        } catch let error as PersistenceError where error.code == .decoding {
            return try await self.readableOneByOne(tail)
        }
        var page = ReadPage()
        for row in rows { self.add(row, number: try row.decode("id"), to: &page) }
        return page
    }

    /// A driver may find in a value what no portable type holds, such as the time `infinity`; then it gives no rows at all.
    private func readableOneByOne(_ tail: SQL) async throws -> ReadPage {
        var page = ReadPage()
        for row in try await self.database.query("SELECT r.id FROM \(ApprovalTable.source) \(tail)") {
            let number: Int64 = try row.decode("id")
            do {
                let row = try await self.database.queryOne("\(ApprovalTable.selection) WHERE r.id = \(number)")
                if let row { self.add(row, number: number, to: &page) }
            } catch let error as PersistenceError where error.code == .decoding {
                page.numbers.append(number)
                self.report(number, error)
            }
        }
        return page
    }

    private func add(_ row: Row, number: Int64, to page: inout ReadPage) {
        page.numbers.append(number)
        do {
            page.requests.append(try StoredApproval(row))
        } catch {
            self.report(number, error)
        }
    }

    /// Counts each look, and tells of each row once.
    func report(_ number: Int64, _ error: any Error) {
        self.metrics?.recordUnreadable()
        let isNew = self.unreadable.withLock { told in
            if told.count >= Self.mostTold { told.removeAll() }
            return told.insert(number).inserted
        }
        guard isNew else { return }
        self.logger.error(
            "approval cannot be looked after, and is stepped over",
            metadata: ["approval.number": "\(number)", "error": .string(String(reflecting: error))])
    }

    /// Whether an error is about what one request has or does, and not about the database, the transaction or the task.
    static func isOfOneRequest(_ error: any Error) -> Bool {
        guard let error = error as? PersistenceError else { return !(error is CancellationError) }
        switch error.code {
        case .serializationFailure, .transactionFailed, .outcomeUnknown, .unavailable, .timedOut, .cancelled, .closed:
            return false
        default: return true
        }
    }
}
