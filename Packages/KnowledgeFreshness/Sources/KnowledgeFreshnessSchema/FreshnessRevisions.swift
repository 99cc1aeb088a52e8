public import Migrations

/// The table of what is known about the age of traces: chain `freshness`, which stands on no other.
///
/// `0001` makes the table `trace_freshness`; a row is a trace:
///
/// | column | holds |
/// | --- | --- |
/// | `trace_id` | the trace, without a foreign key: a row whose trace is gone goes when it is next looked at |
/// | `created_at` | when it was first queued |
/// | `due_at` | when it is checked next; null where the trace names no version, until it is queued again |
/// | `attempts` | checks in a row for which the index could not be asked |
/// | `lease`, `lease_until` | which server checks it at this moment, and until when nobody else does |
/// | `grade` | `current`, `patch`, `minor`, `major`, `yanked`, `deprecated`, `unknown`; null before the first check |
/// | `package`, `pinned` | the pin that decided |
/// | `latest_version`, `reason` | the newest version, and why the grade is what it is, for people |
/// | `checked_at` | when it was last checked |
public enum FreshnessRevisions {
    /// The chain, whose head is `0001`.
    public static let chain: RevisionChain = {
        do {
            return try RevisionChain(name: "freshness", revisions: [Self.queue])
        } catch {
            preconditionFailure("the revisions of freshness stand in one line: \(error)")
        }
    }()
}
