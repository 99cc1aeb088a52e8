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
public enum WebhooksRevisions {
    /// The chain, whose head is `0001`.
    public static let chain: RevisionChain = {
        do {
            return try RevisionChain(name: "webhooks", revisions: [Self.outbox])
        } catch {
            preconditionFailure("the revisions of webhooks stand in one line: \(error)")
        }
    }()
}
