public import Identity
public import Logging
public import Persistence
public import StrictJSON

/// Tells people, after the fact, that a yes is needed or that a request has moved on.
public protocol ApprovalNotifier: Sendable {
    /// Passes a notice on; called once the change is committed, before its caller has the answer, so it should be quick.
    func notify(_ notice: ApprovalNotice) async
}

/// What may be told to outsiders: never the token, never arguments, never a note.
public struct ApprovalNotice: Sendable, Hashable {
    /// What happened.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// Somebody has to decide.
        case required = "approval.required"
        /// A request was decided, cancelled, has expired, was spent, or was given back.
        case decided = "approval.decided"
    }

    /// What happened.
    public let kind: Kind
    /// The public name of the request.
    public let handle: ApprovalHandle
    /// Where it can be looked at, if the configuration says so.
    public let link: String?
    /// The request that is held up.
    public let requestID: String
    /// Who asked.
    public let callerID: CallerID
    /// Whose tenant.
    public let organisation: OrganisationID
    /// What a yes allows.
    public let scope: ApprovalScope
    /// The tool server.
    public let server: String
    /// The tool.
    public let tool: String
    /// Labels of the risk.
    public let riskLabels: [String]
    /// The stage at which the request is now.
    public let status: ApprovalStatus
    /// Who decided.
    public let approverID: String?
    /// When it expires.
    public let expiresAt: Timestamp

    /// The notice as data of a message:
    ///
    /// ```json
    /// {"token":"…","url":null,"request_id":"req-1","caller_id":"agent-1","org_id":"acme","scope":"EXECUTION","server":"files",
    ///  "tool_name":"fs.write","risk_labels":[],"status":"PENDING","approver_id":null,"expires_at":"2026-11-20T21:52:36.972357Z"}
    /// ```
    public var json: JSONValue {
        [
            "token": .string(self.handle.text), "url": .string(orNull: self.link), "request_id": .string(self.requestID),
            "caller_id": .string(self.callerID.text), "org_id": .string(self.organisation.text),
            "scope": .string(self.scope.rawValue), "server": .string(self.server), "tool_name": .string(self.tool),
            "risk_labels": .array(self.riskLabels.map { .string($0) }), "status": .string(self.status.rawValue),
            "approver_id": .string(orNull: self.approverID), "expires_at": .string(self.expiresAt.rfc3339),
        ]
    }
}

/// Writes the two prescribed lines, at `info`: `APPROVAL_REQUIRED` and `APPROVAL_DECIDED`.
public struct LogNotifier: ApprovalNotifier {
    private let logger: Logger

    /// Creates a notifier.
    public init(logger: Logger) {
        self.logger = logger
    }

    /// Writes a line: request id, caller, tool and status; neither token nor handle.
    public func notify(_ notice: ApprovalNotice) async {
        let line: Logger.Message =
            switch notice.kind {
            case .required: "APPROVAL_REQUIRED"
            case .decided: "APPROVAL_DECIDED"
            }
        self.logger.info(
            line,
            metadata: [
                "request.id": "\(notice.requestID)", "caller.id": "\(notice.callerID)", "tool": "\(notice.tool)",
                "status": "\(notice.status.rawValue)",
            ])
    }
}
