/// What became of a record; it is given when it is true.
public enum RecordAnswer: Sendable, Hashable {
    /// The database has committed it.
    case durable
    /// It is in a file on the disk of this server, and goes to the database as soon as that can be had.
    case spooled
    /// It is nowhere, so what it announces must not happen.
    case refused(RefusalReason)

    /// Whether the record is kept.
    public var isKept: Bool {
        if case .refused = self { false } else { true }
    }

    /// A name from a closed set: `durable`, `spooled`, or the raw value of the reason.
    var name: String {
        switch self {
        case .durable: "durable"
        case .spooled: "spooled"
        case .refused(let reason): reason.rawValue
        }
    }
}

/// Why a record was not kept.
public enum RefusalReason: String, Sendable, Hashable, CaseIterable {
    /// The request id was taken before, or the request has its event already; the client is to be told 409.
    case requestIDTaken = "request_id_taken"
    /// Another server has ended the abandoned request; only for records of ``Journal/closeAbandoned(limit:)``.
    case closedElsewhere = "closed_elsewhere"
    /// The request id is empty, longer than 255 bytes, or holds NUL.
    case invalidRequestID = "invalid_request_id"
    /// The record is longer than the configuration allows.
    case tooLarge = "too_large"
    /// Too many records wait already.
    case overloaded = "overloaded"
    /// Neither the database nor the spool could keep it. Where the database lost the answer to a commit, it may turn up there later.
    case unavailable = "unavailable"
    /// The spool has reached its bound while the database is away.
    case spoolFull = "spool_full"
    /// Somebody else writes as this writer, so nothing may be added to the chain until the process starts anew.
    case writerConflict = "writer_conflict"
    /// The journal has ended.
    case stopped = "stopped"
}
