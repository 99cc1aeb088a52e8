public import Identity
public import Persistence

/// Which events are wanted; the newest come first.
public struct AuditQuery: Sendable, Hashable {
    /// The most events that one page may have: 200.
    public static let maximumLimit = 200

    /// The farthest that a list may be begun without a cursor: 10 000.
    public static let maximumOffset = 10_000

    /// Whose events; those of all organisations when nil, which is for operators only.
    public var organisation: OrganisationID?
    /// Only of this request, which has one event at most.
    public var requestID: AuditRequestID?
    /// Only of this caller.
    public var callerID: String?
    /// Only with this decision, such as `DENY`.
    public var decision: String?
    /// Only of this tool.
    public var toolName: String?
    /// Only from this instant on.
    public var from: Timestamp?
    /// Only before this instant.
    public var until: Timestamp?
    /// How many, 1 to ``maximumLimit``.
    public var limit: Int
    /// How many of the newest are passed over, 0 to ``maximumOffset``; not together with a cursor.
    public var offset: Int
    /// Where the page before ended.
    public var cursor: String?

    /// The newest events of an organisation.
    ///
    /// - Parameters:
    ///   - organisation: Whose events; all when nil.
    ///   - limit: How many; default 100.
    public static func newest(of organisation: OrganisationID?, limit: Int = 100) -> AuditQuery {
        AuditQuery(organisation: organisation, limit: limit)
    }

    /// The newest events of a caller.
    ///
    /// - Parameters:
    ///   - callerID: The caller.
    ///   - organisation: Whose events; all when nil.
    ///   - limit: How many; default 50.
    ///   - offset: How many of the newest are passed over; default 0.
    public static func caller(
        _ callerID: String, of organisation: OrganisationID?, limit: Int = 50, offset: Int = 0
    ) -> AuditQuery {
        AuditQuery(organisation: organisation, callerID: callerID, limit: limit, offset: offset)
    }

    /// The newest events with a decision.
    ///
    /// - Parameters:
    ///   - decision: Such as `DENY`.
    ///   - organisation: Whose events; all when nil.
    ///   - limit: How many; default 50.
    public static func decision(_ decision: String, of organisation: OrganisationID?, limit: Int = 50) -> AuditQuery {
        AuditQuery(organisation: organisation, decision: decision, limit: limit)
    }

    /// Creates a query; what is not named is not asked for.
    public init(
        organisation: OrganisationID?, requestID: AuditRequestID? = nil, callerID: String? = nil, decision: String? = nil,
        toolName: String? = nil,
        from: Timestamp? = nil, until: Timestamp? = nil, limit: Int = 50, offset: Int = 0, cursor: String? = nil
    ) {
        self.organisation = organisation
        self.requestID = requestID
        self.callerID = callerID
        self.decision = decision
        self.toolName = toolName
        self.from = from
        self.until = until
        self.limit = limit
        self.offset = offset
        self.cursor = cursor
    }

    func check() throws(AuditError) {
        guard (1...Self.maximumLimit).contains(self.limit) else {
            throw AuditError(.invalidQuery, message: "limit must be between 1 and \(Self.maximumLimit)")
        }
        guard (0...Self.maximumOffset).contains(self.offset) else {
            throw AuditError(.invalidQuery, message: "offset must be between 0 and \(Self.maximumOffset)")
        }
        guard self.cursor == nil || self.offset == 0 else {
            throw AuditError(.invalidQuery, message: "offset must be 0 together with a cursor")
        }
        for (name, text) in [
            ("organisation", self.organisation?.text), ("request", self.requestID?.text), ("caller", self.callerID),
            ("decision", self.decision),
            ("tool", self.toolName),
        ] {
            guard let text else { continue }
            guard text.utf8.count <= 255, !text.utf8.contains(0) else {
                throw AuditError(.invalidQuery, message: "\(name) must have at most 255 bytes and no NUL")
            }
        }
    }
}
