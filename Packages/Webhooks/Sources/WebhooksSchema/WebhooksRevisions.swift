public import Migrations

/// The tables of webhooks: chain `webhooks`, which stands on no other.
///
/// `0001` makes these tables:
///
/// | table | a row is |
/// | --- | --- |
/// | `webhook_endpoints` | a receiver: `id` (UUID as text), `org_id`, `url`, `event_types` (JSON array of names, `[]` for all), `created_at`, `disabled_at` with `disabled_reason` (`gone`, `failing`), `failing_since` (the first failed attempt after the last success), `paused_until` |
/// | `webhook_secrets` | a secret of a receiver: `number` (1, 2, …), `sealed` (with the server's secret), `ends_at` (null for the current one) |
/// | `webhook_messages` | what is told: `id` (the header `webhook-id`), `org_id`, `event_type`, `body` (the bytes that are signed and sent) |
/// | `webhook_deliveries` | a message on its way to one receiver: `status` (`pending`, `delivered`, `failed`, `cancelled`), `attempts` that were begun, `due_at` (of the next attempt, or when the claim on the present one ends), `claim` (who makes the present one), `last_status`, `last_error`, `last_attempt_at`, `finished_at` |
///
/// `0002` adds `webhook_endpoints.sealed_url`: the whole URL, sealed with the server's secret, where it has a query; `url` then holds it
/// with the query's values masked. A URL with a query that an older version left in the clear is honoured, and sealed when the
/// dispatcher next clears away what is old, at its start and every hour. An older version would send to the masked URL: stop its
/// servers before this revision, and register such endpoints again after going back behind it.
public enum WebhooksRevisions {
    /// The chain, whose head is `0002`.
    public static let chain: RevisionChain = {
        do {
            return try RevisionChain(name: "webhooks", revisions: [Self.outbox, Self.sealedURLs])
        } catch {
            preconditionFailure("the revisions of webhooks stand in one line: \(error)")
        }
    }()
}
