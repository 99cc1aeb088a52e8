public import Persistence

/// A report of a trace, for moderators.
public struct TraceFlag: Sendable, Hashable {
    /// The trace.
    public let traceID: String
    /// Who reported it.
    public let reporterID: String
    /// What the matter is.
    public let category: FlagDraft.Category
    /// Why, in the reporter's words.
    public let reason: String
    /// When it was reported.
    public let createdAt: Timestamp
    /// When a moderator took the flag away; nil while the report is open.
    public let closedAt: Timestamp?

    static let columns: SQL = "trace_id, reporter_id, category, reason, created_at, closed_at"

    init(_ row: Row) throws(PersistenceError) {
        self.traceID = try row.decode("trace_id")
        self.reporterID = try row.decode("reporter_id")
        guard let category = FlagDraft.Category(rawValue: try row.decode("category")) else {
            throw PersistenceError(.decoding, message: "column category holds no category of a report")
        }
        self.category = category
        self.reason = try row.decode("reason")
        self.createdAt = try row.decode("created_at")
        self.closedAt = try row.decode("closed_at")
    }
}

/// What came of a report.
public enum FlagOutcome: Sendable, Hashable {
    /// The trace is flagged from now on.
    case flagged
    /// It was flagged before; the report is kept beside those that there are.
    case alreadyFlagged
    /// No trace has the id, or it was removed.
    case unknownTrace
}
