import Cryptography
import Persistence

/// Clears away what is over: old deliveries and messages, secrets that sign no more; seals secrets and URLs anew after a
/// rotation of the server's own, and URLs that an older version left in the clear.
struct Sweep {
    /// Rows of one transaction.
    static let batch = 500

    let database: any Database
    let configuration: WebhookConfiguration
    let secrets: SecretTable

    /// Clears in small transactions until nothing is left to clear; several servers may do so at once.
    ///
    /// - Throws: `PersistenceError`, `CancellationError`.
    func run(at now: Timestamp) async throws {
        let cutoff = now.advanced(by: .zero - self.configuration.retention)
        try await self.database.transaction(isolation: .readCommitted, retries: 3) { connection in
            try OutcomeTable.cancelWaiting(
                "endpoint_id IN (SELECT id FROM webhook_endpoints WHERE disabled_at IS NOT NULL)", at: now, in: connection)
            try connection.execute("DELETE FROM webhook_secrets WHERE ends_at <= \(now)")
        }
        try await self.delete(
            """
            DELETE FROM webhook_deliveries WHERE id IN (
                SELECT id FROM webhook_deliveries WHERE status <> 'pending' AND finished_at < \(cutoff)
                ORDER BY finished_at LIMIT \(Self.batch)
            )
            """)
        try await self.delete(
            """
            DELETE FROM webhook_messages WHERE id IN (
                SELECT m.id FROM webhook_messages m
                WHERE m.created_at < \(cutoff)
                    AND NOT EXISTS (SELECT 1 FROM webhook_deliveries d WHERE d.message_id = m.id)
                ORDER BY m.created_at LIMIT \(Self.batch)
            )
            """)
        try await self.secrets.sealAnew(in: self.database)
        try await AddressTable(keyring: self.secrets.keyring).sealAnew(in: self.database)
    }

    private func delete(_ batch: SQL) async throws {
        var count = Self.batch
        while count == Self.batch {
            try Task.checkCancellation()
            count = try await self.database.transaction(isolation: .readCommitted, retries: 3) { try $0.execute(batch) }
        }
    }
}
