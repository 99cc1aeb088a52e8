import Cryptography
import Identity
import Logging

extension WebhookEndpoints {
    /// Makes a change between the records of its intent and of its outcome.
    ///
    /// - Throws: ``WebhooksError`` with code `unrecorded` when the intent is not kept, and then nothing was changed; what the body throws.
    func recording<Value: Sendable>(
        _ action: WebhookChange.Action, on id: String, of organisation: OrganisationID, origin: String? = nil,
        by author: WebhookAuthor?, _ body: () async throws -> Value
    ) async throws -> Value {
        guard let ledger = self.ledger else { return try await body() }
        var change = WebhookChange(
            attempt: Hex.encode(try Random.bytes(count: 16)), action: action, phase: .intent, organisation: organisation,
            endpointID: id, origin: origin, author: author)
        guard await ledger.record(change) else {
            throw WebhooksError(.unrecorded, message: "The change cannot be recorded now, so it was not made")
        }
        do {
            let value = try await body()
            change.phase = .done
            await self.settle(change, in: ledger)
            return value
        } catch {
            // What this package itself refuses, it refuses before a change or takes back.
            change.phase = error is WebhooksError ? .refused : .failed
            await self.settle(change, in: ledger)
            throw error
        }
    }

    /// Records what has happened; that cannot be undone, so a ledger that fails here is told of in the log.
    private func settle(_ change: WebhookChange, in ledger: any WebhookLedger) async {
        guard await !ledger.record(change) else { return }
        self.logger?.error(
            "outcome of a change is not recorded",
            metadata: ["webhook.action": "\(change.action.rawValue)", "webhook.attempt": "\(change.attempt)"])
    }
}
