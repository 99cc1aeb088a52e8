#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import Cryptography
import Logging
import Persistence

extension TraceModeration {
    /// Makes a change in one transaction, between the records of its intent and of its outcome.
    ///
    /// - Parameter body: Returns how many traces it changed.
    /// - Returns: Whether a trace was changed.
    /// - Throws: ``KnowledgeError`` with code `unrecorded` when the intent is not kept, and then nothing was changed; what the body throws.
    func recording(
        _ action: ModerationChange.Action, on traceID: String, by author: ModerationAuthor,
        _ body: @escaping @Sendable (any DatabaseConnection, UUID) throws -> Int
    ) async throws -> Bool {
        guard let id = UUID(sqlText: traceID) else { return false }
        var change = ModerationChange(
            attempt: Hex.encode(try Random.bytes(count: 16)), action: action, phase: .intent, traceID: id.sqlText, author: author)
        guard await self.ledger.record(change) else {
            throw KnowledgeError(.unrecorded, message: "The change cannot be recorded now, so it was not made")
        }
        do {
            let count = try await self.database.transaction(isolation: .readCommitted, retries: 3) { try body($0, id) }
            change.phase = count > 0 ? .done : .refused
            await self.settle(change)
            return count > 0
        } catch {
            change.phase = .failed
            await self.settle(change)
            throw error
        }
    }

    /// Records what has happened; that cannot be undone, so a ledger that fails here is told of in the log.
    private func settle(_ change: ModerationChange) async {
        guard await !self.ledger.record(change) else { return }
        self.logger.error(
            "outcome of a change is not recorded",
            metadata: ["moderation.action": "\(change.action.rawValue)", "moderation.attempt": "\(change.attempt)"])
    }
}
