import Persistence

/// A check that belongs to this server for a while.
struct Lease: Sendable {
    /// The trace, as its column holds it.
    let trace: SQLValue
    /// What tells this lease from all others.
    let token: String
    /// When the check was due; another value later says that the trace was queued again meanwhile.
    let dueAt: Timestamp
    /// Checks in a row for which the index could not be asked.
    let attempts: Int
}

/// What a check reads of a trace.
struct TraceContent: Sendable, Hashable {
    let title: String
    let context: String
    let solution: String
    /// JSON text.
    let metadata: String?

    init(_ row: Row) throws(PersistenceError) {
        self.title = try row.decode("title")
        self.context = try row.decode("context_text")
        self.solution = try row.decode("solution_text")
        self.metadata = try row.decode("metadata_json")
    }

    /// Byte by byte: canonically equivalent texts are different.
    static func == (left: TraceContent, right: TraceContent) -> Bool {
        left.title.utf8.elementsEqual(right.title.utf8) && left.context.utf8.elementsEqual(right.context.utf8)
            && left.solution.utf8.elementsEqual(right.solution.utf8)
            && (left.metadata ?? "").utf8.elementsEqual((right.metadata ?? "").utf8)
    }
}
