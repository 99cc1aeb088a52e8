public import ContentScreening
public import StrictJSON

/// What a client tells of one of its sessions.
public struct TriggerReport: Sendable {
    /// The client's name of the session; 1 to 100 characters.
    public let sessionID: String
    /// What set it off, and how often: an object of at most 10 000 characters.
    public let triggerStats: JSONValue
    /// How often it searched, 0 or more.
    public let searchesFired: Int64?
    /// How many traces it read, 0 or more.
    public let tracesConsumed: Int64?
    /// How many problems were solved, 0 or more.
    public let resolutionsTotal: Int64?
    /// How many of them with the help of a trace, 0 or more.
    public let resolutionsAssisted: Int64?

    /// Creates a report.
    public init(
        sessionID: String, triggerStats: JSONValue, searchesFired: Int64? = nil, tracesConsumed: Int64? = nil,
        resolutionsTotal: Int64? = nil, resolutionsAssisted: Int64? = nil
    ) {
        self.sessionID = sessionID
        self.triggerStats = triggerStats
        self.searchesFired = searchesFired
        self.tracesConsumed = tracesConsumed
        self.resolutionsTotal = resolutionsTotal
        self.resolutionsAssisted = resolutionsAssisted
    }
}

extension TriggerReport: Screenable {
    /// The texts; the rest are numbers.
    public var contentFields: [ContentField] {
        [.text("session_id", self.sessionID), .json("trigger_stats", self.triggerStats)]
    }
}
