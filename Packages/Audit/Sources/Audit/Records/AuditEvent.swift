public import Identity
public import Persistence
public import StrictJSON

/// What people ask about one request: a row of `audit_events`.
///
/// Texts are kept whole in the journal. In the row NUL becomes U+FFFD, because PostgreSQL has none, and the texts that are
/// searched by (request, caller, tool, decision, organisation) are cut to 255 bytes.
public struct AuditEvent: Sendable, Hashable {
    /// The request.
    public var requestID: AuditRequestID
    /// The trace that the request belongs to, if it named one.
    public var traceID: String?
    /// When the request came in.
    public var timestamp: Timestamp
    /// Who called, as proven.
    public var callerID: String
    /// The caller's role, empty for none.
    public var callerRole: String
    /// The environment of the caller's key, empty for none.
    public var environment: String
    /// The server that the tool belongs to.
    public var server: String
    /// The tool.
    public var toolName: String
    /// SHA-256 or keyed digest of the arguments as they came, in hexadecimal digits.
    public var rawArgumentsHash: String
    /// The arguments after sanitising, which nothing secret is in.
    public var sanitizedArguments: JSONValue
    /// What the risk heuristics found, such as `PII_SENSITIVE`.
    public var riskLabels: [String]
    /// From 0 to 1; what is no finite number is kept as 0.
    public var riskScore: Double
    /// The rule that decided.
    public var matchedPolicyRule: String
    /// `ALLOW`, `DENY`, `APPROVAL_REQUIRED` or `SANITIZE_AND_ALLOW`.
    public var decision: String
    /// Who approved, if somebody did.
    public var approverID: String?
    /// `SUCCESS`, `TOOL_ERROR`, `TIMEOUT` or `UNKNOWN`; nil when nothing was executed.
    public var executionStatus: String?
    /// How long the request took; the row holds 0 to 2 147 483 647.
    public var latencyMilliseconds: Int
    /// Digest of the output, if there was one.
    public var outputHash: String?
    /// What was redacted, each `{"field": …, "reason": …, "original_hash": …}`.
    public var redactionFlags: JSONValue
    /// What a model said about the risk.
    public var llmExplanation: String?
    /// Why the decision was made.
    public var deterministicRationale: String
    /// Whose event it is; lists show those of one organisation.
    public var organisation: OrganisationID
    /// The decision over the output: `ALLOW`, `REDACT`, `APPROVAL_REQUIRED` or `DENY`.
    public var outputDecision: String
    /// Why the output was decided so.
    public var outputPolicyRationale: String?

    /// Creates an event; what is not named is empty or the default of its column.
    public init(
        requestID: AuditRequestID, traceID: String? = nil, timestamp: Timestamp, callerID: String, callerRole: String = "",
        environment: String = "", server: String, toolName: String, rawArgumentsHash: String,
        sanitizedArguments: JSONValue = [:], riskLabels: [String] = [], riskScore: Double = 0, matchedPolicyRule: String,
        decision: String, approverID: String? = nil, executionStatus: String? = nil, latencyMilliseconds: Int = 0,
        outputHash: String? = nil, redactionFlags: JSONValue = [], llmExplanation: String? = nil,
        deterministicRationale: String, organisation: OrganisationID = .default, outputDecision: String = "ALLOW",
        outputPolicyRationale: String? = nil
    ) {
        self.requestID = requestID
        self.traceID = traceID
        self.timestamp = timestamp
        self.callerID = callerID
        self.callerRole = callerRole
        self.environment = environment
        self.server = server
        self.toolName = toolName
        self.rawArgumentsHash = rawArgumentsHash
        self.sanitizedArguments = sanitizedArguments
        self.riskLabels = riskLabels
        self.riskScore = riskScore
        self.matchedPolicyRule = matchedPolicyRule
        self.decision = decision
        self.approverID = approverID
        self.executionStatus = executionStatus
        self.latencyMilliseconds = latencyMilliseconds
        self.outputHash = outputHash
        self.redactionFlags = redactionFlags
        self.llmExplanation = llmExplanation
        self.deterministicRationale = deterministicRationale
        self.organisation = organisation
        self.outputDecision = outputDecision
        self.outputPolicyRationale = outputPolicyRationale
    }
}
