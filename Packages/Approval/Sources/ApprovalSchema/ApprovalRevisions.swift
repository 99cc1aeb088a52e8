public import Migrations

/// What `approval_requests` of the chain `gateway` has no room for: chain `approval`.
///
/// `0001` makes these tables; a row of each goes with its row of `approval_requests`:
///
/// | table | a row is |
/// | --- | --- |
/// | `approval_bindings` | what a request is bound to, by `token` (the handle): `caller_kind`, `caller_person`, `server`, `tool`, `policy_revision`, keyed digests of the arguments (41 bytes each), `risk_labels`, `risk_score`, `quorum`, `requires_note`; `consumption` and `used_at` while it is used |
/// | `approval_votes` | what one person said: `voter_kind`, `voter_id`, `voter_person`, `verdict`, `note`, `voted_at`; a registration and a person have one vote each |
/// | `approval_arguments` | the sealed arguments, until the final decision |
/// | `approval_keys` | the data key of a sealed `part` (`arguments`, `output`), itself sealed by the server's secret |
///
/// Indexes on `approval_requests` serve lists, the count of what is open, expiry and retention.
///
/// `0002` makes `approval_cache_debts`: requests (`token`) that have moved on although the cache could not be told, and until when
/// it has to be (`gone_until`).
public enum ApprovalRevisions {
    /// The chain, whose head is `0002`.
    public static let chain: RevisionChain = {
        do {
            return try RevisionChain(name: "approval", revisions: [Self.bindings, Self.cacheDebts])
        } catch {
            preconditionFailure("the revisions of approvals stand in one line: \(error)")
        }
    }()
}
