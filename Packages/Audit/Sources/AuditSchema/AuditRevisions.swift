public import Migrations

/// The tables of the audit journal, and what keeps them and `audit_events` as they were written: chain `audit`.
///
/// `0001` makes these tables, on top of `audit_events` of the chain `gateway`:
///
/// | table | a row is |
/// | --- | --- |
/// | `audit_journal` | one record: `writer`, `sequence` (1, 2, …), `recorded_at`, `kind`, `request_id`, `event_id` (the id of the row of `audit_events` that was written with it), `body` (canonical JSON as text), `previous_hash`, `hash` (32 bytes each) |
/// | `audit_heads` | the newest record of a writer: `sequence`, `hash`, `mac` (41 bytes, made with the server's secret) |
/// | `audit_requests` | a request id that is taken: `request_id`, `writer`, `taken_at` |
///
/// `0002` adds what the archive and the end of abandoned requests need:
///
/// | table | a row is |
/// | --- | --- |
/// | `audit_segments` | records that are in a file and may leave the journal: `writer`, `first_sequence`, `last_sequence`, `previous_hash` (before the first), `last_hash`, `file` (its name), `digest` (SHA-256 of the file), `archived_at`, `mac` (made with the server's secret over all others) |
/// | `audit_writers` | a process: `writer`, `seen_at` (renewed while it runs), `ended_at` (once it is known to have ended) |
/// | `audit_open_requests` | a request that has begun and not ended: `writer`, `request_id`, `sequence` (of its first record), `taken_at`; the row goes with the end of the request |
///
/// `0003` adds the roll, which names all that must be there, so that a chain that was deleted whole is missed:
///
/// | table | a row is |
/// | --- | --- |
/// | `audit_roll` | a line: `number` (1, 2, …), `writer` that began, or `events` (2 056 bytes: count and sum of the rows of `audit_events` that are older than the journal), `registered_at`, `previous_hash`, `hash`; the head of this chain is the row `roll` of `audit_heads` |
/// | `audit_segments` | `events`: count and sum of the rows of `audit_events` whose records are in the file; NULL in older rows |
///
/// Triggers refuse `UPDATE` and `DELETE` (and `TRUNCATE`) on the journal, on the roll, on the segments, on the ids and on `audit_events`; a
/// record may be deleted only when a segment covers it, and a segment begins where the one before ended; a head can only
/// move forwards. On SQLite `INSERT OR REPLACE`, which deletes without a trigger, is refused as well. Indexes on
/// `audit_events` serve the lists of one organisation, newest first, by caller, decision and tool.
public enum AuditRevisions {
    /// The chain, whose head is `0003`.
    public static let chain: RevisionChain = {
        do {
            return try RevisionChain(name: "audit", revisions: [Self.journal, Self.segments, Self.roll])
        } catch {
            preconditionFailure("the revisions of the audit journal stand in one line: \(error)")
        }
    }()
}
