public import Audit
public import HTTPCore
import HTTPTypes
import Identity
import Persistence
import StrictJSON

/// The operations on the audit trail (CONTRACTS §1.4): `GET /v1/audit/` and `GET /v1/audit/{request_id}`.
///
/// They show events of the caller's own organisation, to callers with the role `admin`. Refused calls are told to the
/// program's `RefusalObserver`.
public struct AuditOperations: Sendable {
    /// The limit on reading the trail, charged to the caller.
    public static let readLimit = LimitClass("audit")

    private static let tag = "audit"
    private static let decisions = ["ALLOW", "DENY", "APPROVAL_REQUIRED", "SANITIZE_AND_ALLOW"]

    private let trail: AuditTrail

    /// Creates the operations.
    ///
    /// - Parameter trail: What answers them.
    public init(trail: AuditTrail) {
        self.trail = trail
    }

    /// The operations for the router.
    public var operations: [Operation] { [self.list, self.read] }

    private var list: Operation {
        Operation(
            .get, "/v1/audit/",
            id: "listAuditEvents",
            summary: "What happened, newest first",
            tag: Self.tag,
            access: .role(["admin"]),
            limits: [Self.readLimit],
            parameters: [
                .query("limit", .integer(1...Int64(AuditQuery.maximumLimit)), default: 50),
                .query("cursor", .string(maximum: 200).described("The value of X-Next-Cursor")),
                .query("request_id", Self.text),
                .query("caller_id", Self.text),
                .query("decision", .choice(Self.decisions)),
                .query("tool", Self.text),
                .query("since", Self.time.described("Events from this instant on")),
                .query("until", Self.time.described("Events before this instant")),
            ],
            answers: [.json(.ok, "Events; the next page is told by Link and X-Next-Cursor", .array(of: AuditEvent.schema))],
            recordsRefusals: true
        ) { request in
            let query = try Self.query(of: request)
            let page: AuditPage
            do {
                page = try await self.trail.events(query)
            } catch let error as AuditError where error.code == .invalidCursor {
                throw Self.violation("cursor", "Value error, \(error.message)")
            } catch let error as AuditError where error.code == .invalidQuery {
                throw Problem(.validationError, error.message)
            }
            return .page(
                page.rows.map(\.json), next: page.next, of: request,
                repeating: ["limit", "request_id", "caller_id", "decision", "tool", "since", "until"])
        }
    }

    private var read: Operation {
        Operation(
            .get, "/v1/audit/{request_id}",
            id: "readAuditEvent",
            summary: "What happened to one request",
            tag: Self.tag,
            access: .role(["admin"]),
            limits: [Self.readLimit],
            parameters: [.path("request_id", .string(minimum: 1, maximum: 1_000))],
            answers: [
                .json(.ok, "The event", AuditEvent.schema), .problem(.notFound, "No request of the organisation has the id"),
            ],
            recordsRefusals: true
        ) { request in
            let id = AuditRequestID(unchecked: try request.text("request_id"))
            guard let row = try await self.trail.row(of: id, organisation: request.caller.organisation) else {
                throw Problem(.notFound, "Audit event not found")
            }
            return .json(.ok, row.json)
        }
    }

    private static let text = Schema.string(minimum: 1, maximum: 255)
    private static let time = Schema.string(format: .dateTime)

    private static func query(of request: OperationRequest) throws(Problem) -> AuditQuery {
        func text(_ name: String) throws(Problem) -> String? {
            guard let text = request.parameters[name]?.stringValue else { return nil }
            // Scalars were counted before; the trail counts bytes.
            guard text.utf8.count <= 255 else {
                throw Self.violation(name, "String should have at most 255 bytes in UTF-8")
            }
            return text
        }
        func time(_ name: String) throws(Problem) -> Timestamp? {
            guard let text = request.parameters[name]?.stringValue else { return nil }
            guard let time = Timestamp(rfc3339: text) else {
                throw Self.violation(name, "Value error, a date-time of RFC 3339 is needed, such as 2026-11-20T21:52:36Z")
            }
            return time
        }
        return AuditQuery(
            organisation: request.caller.organisation,
            requestID: try text("request_id").map { AuditRequestID(unchecked: $0) }, callerID: try text("caller_id"),
            decision: request.parameters["decision"]?.stringValue, toolName: try text("tool"), from: try time("since"),
            until: try time("until"), limit: request.parameters["limit"]?.intValue ?? 50,
            cursor: request.parameters["cursor"]?.stringValue)
    }

    private static func violation(_ name: String, _ message: String) -> Problem {
        .validation([Violation(at: [.name("query"), .name(name)], type: "value_error", message: message)])
    }
}

extension AuditRow {
    /// The row with the names of its columns.
    fileprivate var json: JSONValue {
        var object: JSONObject = ["id": .integer(self.id), "request_id": .string(self.event.requestID.text)]
        if case .object(let columns) = self.event.json { for (key, value) in columns { object[key] = value } }
        return .object(object)
    }
}

extension AuditEvent {
    /// The columns of `audit_events` (CONTRACTS §2.2).
    static let schema = Schema.object([
        .required("id", .integer()),
        .required("request_id", .string()),
        .required("trace_id", .string().nullable),
        .required("timestamp", .string(format: .dateTime)),
        .required("caller_id", .string()),
        .required("caller_role", .string()),
        .required("environment", .string()),
        .required("mcp_server", .string()),
        .required("tool_name", .string()),
        .required("raw_args_hash", .string()),
        .required("sanitized_args", .map()),
        .required("risk_labels", .array(of: .string())),
        .required("risk_score", .number),
        .required("matched_policy_rule", .string()),
        .required("decision", .string()),
        .required("approver_id", .string().nullable),
        .required("execution_status", .string().nullable),
        .required("latency_ms", .integer()),
        .required("output_hash", .string().nullable),
        .required("redaction_flags", .array(of: .map())),
        .required("llm_explanation", .string().nullable),
        .required("deterministic_rationale", .string()),
        .required("org_id", .string()),
        .required("output_decision", .string()),
        .required("output_policy_rationale", .string().nullable),
    ])
}
