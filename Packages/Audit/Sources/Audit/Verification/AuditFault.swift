/// Something that verification found, and where.
public struct AuditFault: Sendable, Hashable, CustomStringConvertible {
    /// What is wrong.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// Records are missing before others.
        case gap
        /// Records are whole and stand in each other's places.
        case reordered
        /// Something was changed after it was written.
        case changed
        /// The end is missing.
        case truncated
        /// What stands there has not the form of a record.
        case unreadable
        /// A record is whole, and is another one than its neighbours, the head or the spool know.
        case forked
        /// It stands there, and no journal put it there.
        case added
    }

    /// Where it is.
    public enum Place: Sendable, Hashable, CustomStringConvertible {
        /// A record in the database, by its sequence.
        case journal(writer: String, sequence: Int64)
        /// The head of a writer in the database.
        case head(writer: String)
        /// A line of the roll of writers, by its number.
        case roll(number: Int64)
        /// A writer that tables name and the roll does not.
        case writer(String)
        /// Records that were archived, by the first sequence of their segment.
        case segment(writer: String, first: Int64)
        /// The row of `audit_events` of a request.
        case event(requestID: String)
        /// All rows of `audit_events` together whose records are in files or that are older than the journal: how many there are, and
        /// how many there should be.
        case otherEvents(count: Int64, expected: Int64)
        /// A record in the spool, by its sequence.
        case spoolRecord(writer: String, sequence: Int64)
        /// A byte in a file of the spool, from 0.
        case spoolByte(writer: String, offset: Int)
        /// The head of a writer beside the spool.
        case headFile(writer: String)
        /// A line of an export, from 1.
        case exportLine(Int)

        /// Such as `journal 5f…c2 sequence 17`.
        public var description: String {
            switch self {
            case .journal(let writer, let sequence): "journal \(writer) sequence \(sequence)"
            case .head(let writer): "head \(writer)"
            case .roll(let number): "roll \(number)"
            case .writer(let writer): "writer \(writer.debugDescription)"
            case .segment(let writer, let first): "segment \(writer) from \(first)"
            case .event(let requestID): "event \(requestID.debugDescription)"
            case .otherEvents(let count, let expected): "events without records in the journal: \(count), expected \(expected)"
            case .spoolRecord(let writer, let sequence): "spool \(writer) sequence \(sequence)"
            case .spoolByte(let writer, let offset): "spool \(writer) byte \(offset)"
            case .headFile(let writer): "head file \(writer)"
            case .exportLine(let number): "export line \(number)"
            }
        }
    }

    /// What is wrong.
    public let kind: Kind
    /// Where; for a gap and a cut end, the first place that is missing.
    public let place: Place

    /// Such as `gap: journal 5f…c2 sequence 17`.
    public var description: String { "\(self.kind.rawValue): \(self.place)" }
}

/// What verification read and found.
public struct VerificationReport: Sendable, Hashable {
    /// Most faults that are named; the rest are counted.
    public static let maximumFaults = 1_000

    /// Segments of the archive that the chains go on from.
    public internal(set) var segments = 0
    /// Chains that were read.
    public internal(set) var writers = 0
    /// Records that were read in the database.
    public internal(set) var records = 0
    /// Records that were read in the spool.
    public internal(set) var spooledRecords = 0
    /// Rows of `audit_events` that were held against their records.
    public internal(set) var events = 0
    /// Rows of `audit_events` whose records are in files, or that are older than the journal.
    public internal(set) var otherEvents = 0
    /// What is wrong, in the order in which it was found.
    public internal(set) var faults: [AuditFault] = []
    /// Faults beyond those that are named.
    public internal(set) var furtherFaults = 0

    /// Whether nothing is wrong.
    public var isClean: Bool { self.faults.isEmpty }

    /// The writers whose chains, heads or segments have a fault.
    var faultyWriters: Set<String> {
        Set(
            self.faults.compactMap { fault in
                switch fault.place {
                case .journal(let writer, _), .head(let writer), .segment(let writer, _): writer
                default: nil
                }
            })
    }

    /// The requests whose rows of `audit_events` have a fault.
    var faultyEvents: Set<AuditRequestID> {
        Set(self.faults.compactMap { if case .event(let id) = $0.place { AuditRequestID(unchecked: id) } else { nil } })
    }

    mutating func add(_ kind: AuditFault.Kind, _ place: AuditFault.Place) {
        if self.faults.count < Self.maximumFaults {
            self.faults.append(AuditFault(kind: kind, place: place))
        } else {
            self.furtherFaults += 1
        }
    }
}
