public import Identity
public import StrictJSON

/// What an issuer asks a yes for.
public struct ApprovalDraft: Sendable {
    /// The request that is held up, 1 to 255 bytes of visible text.
    public var requestID: String
    /// Who asks; not anonymous.
    public var caller: Caller
    /// What a yes allows.
    public var scope: ApprovalScope
    /// The tool server, 1 to 255 bytes of visible text.
    public var server: String
    /// The tool, 1 to 255 bytes of visible text.
    public var tool: String
    /// The policy under which it is asked, 1 to 255 bytes of visible text; another revision makes a yes worthless.
    public var policyRevision: String
    /// The arguments as the caller sent them; only a keyed digest is kept.
    public var receivedArguments: JSONValue
    /// The arguments as they will be sent to the tool: what approvers see. Kept sealed until the final decision.
    public var sentArguments: JSONValue
    /// The call as it may stand in the table in the clear.
    public var sanitizedCall: JSONValue
    /// The output that is withheld, for ``ApprovalScope/outputRelease`` alone. Kept sealed.
    public var output: JSONValue?
    /// Why a yes is needed, up to 10 000 bytes without NUL.
    public var riskExplanation: String
    /// Up to 64 labels of 1 to 64 bytes of visible text.
    public var riskLabels: [String]
    /// The risk, 0 to 1.
    public var riskScore: Double?
    /// How many persons have to say yes, 1 to 10.
    public var quorum: Int
    /// Whether a decision needs a note.
    public var requiresNote: Bool
    /// How long it may take until it is used, longer than zero; ``ApprovalConfiguration/lifetime`` when nil.
    public var lifetime: Duration?

    /// Creates a draft; nothing is checked before it is issued.
    public init(
        requestID: String, caller: Caller, scope: ApprovalScope = .execution, server: String, tool: String,
        policyRevision: String, receivedArguments: JSONValue, sentArguments: JSONValue, sanitizedCall: JSONValue,
        output: JSONValue? = nil, riskExplanation: String = "", riskLabels: [String] = [], riskScore: Double? = nil,
        quorum: Int = 1, requiresNote: Bool = false, lifetime: Duration? = nil
    ) {
        self.requestID = requestID
        self.caller = caller
        self.scope = scope
        self.server = server
        self.tool = tool
        self.policyRevision = policyRevision
        self.receivedArguments = receivedArguments
        self.sentArguments = sentArguments
        self.sanitizedCall = sanitizedCall
        self.output = output
        self.riskExplanation = riskExplanation
        self.riskLabels = riskLabels
        self.riskScore = riskScore
        self.quorum = quorum
        self.requiresNote = requiresNote
        self.lifetime = lifetime
    }
}

extension ApprovalDraft {
    /// - Throws: ``ApprovalError`` with code `invalidRequest` or `tooLarge`, whose message names field and rule.
    func check(_ configuration: ApprovalConfiguration) throws(ApprovalError) {
        guard !self.caller.isAnonymous else { throw ApprovalError(.invalidRequest, message: "caller must not be anonymous") }
        for (name, text) in [
            ("requestID", self.requestID), ("server", self.server), ("tool", self.tool), ("policyRevision", self.policyRevision),
        ] where PlainName(text) == nil {
            throw ApprovalError(.invalidRequest, message: "\(name) must have 1 to 255 bytes of visible text")
        }
        guard self.riskExplanation.utf8.count <= 10_000, !self.riskExplanation.utf8.contains(0) else {
            throw ApprovalError(.invalidRequest, message: "riskExplanation must have at most 10000 bytes and no NUL")
        }
        guard self.riskLabels.count <= 64, self.riskLabels.allSatisfy({ PlainName($0) != nil && $0.utf8.count <= 64 }) else {
            throw ApprovalError(.invalidRequest, message: "riskLabels must be at most 64, each of 1 to 64 bytes of visible text")
        }
        if let score = self.riskScore, !(0...1).contains(score) {
            throw ApprovalError(.invalidRequest, message: "riskScore must be between 0 and 1")
        }
        guard (1...10).contains(self.quorum) else {
            throw ApprovalError(.invalidRequest, message: "quorum must be between 1 and 10")
        }
        if let lifetime = self.lifetime, lifetime <= .zero || lifetime > configuration.longestLifetime {
            throw ApprovalError(
                .invalidRequest, message: "lifetime must be above 0 s and at most \(configuration.longestLifetime)")
        }
        guard (self.output != nil) == (self.scope == .outputRelease) else {
            throw ApprovalError(.invalidRequest, message: "output must be given for the scope OUTPUT_RELEASE, and for no other")
        }
        try self.checkView("sentArguments", self.sentArguments, configuration)
        if let output = self.output { try self.checkView("output", output, configuration) }
    }

    /// What an approver could not be shown whole is not asked for.
    private func checkView(
        _ name: String, _ value: JSONValue, _ configuration: ApprovalConfiguration
    ) throws(ApprovalError) {
        let cost = ArgumentView.Cost(of: value)
        guard cost.entries <= configuration.maximumPaths, cost.bytes <= configuration.maximumViewBytes else {
            throw ApprovalError(
                .tooLarge,
                message: """
                    \(name) must have at most \(configuration.maximumPaths) values, and \(configuration.maximumViewBytes) bytes \
                    together with their paths
                    """)
        }
    }
}

/// Text that may stand in logs, notices and columns.
struct PlainName: TextIdentifier {
    let text: String

    init(unchecked text: String) {
        self.text = text
    }
}
