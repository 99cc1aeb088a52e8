import Identity
import Persistence
import StrictJSON

/// The statements that write `audit_events`, or a table like it.
struct EventTable {
    private let connection: any DatabaseConnection
    private let name: String

    init(_ connection: any DatabaseConnection, name: String = "audit_events") {
        self.connection = connection
        self.name = name
    }

    /// Inserts rows whose requests have none yet, and says which those were.
    ///
    /// - Parameters:
    ///   - rows: Ascending by request, each request once; see ``AuditEvent/asRow(named:)``.
    ///   - numbers: The `id` of each; given by the table where nil.
    func insert(_ rows: [AuditEvent], numbers: [AuditRequestID: Int64]? = nil) throws -> Set<AuditRequestID> {
        if rows.isEmpty { return [] }
        switch self.connection.dialect {
        case .postgres: return try self.insertTogether(rows, numbers)
        case .sqlite: return try Set(rows.filter { try self.insertAlone($0, numbers?[$0.requestID]) }.map(\.requestID))
        }
    }

    /// One statement for all, which reads them out of one JSON text.
    private func insertTogether(_ rows: [AuditEvent], _ numbers: [AuditRequestID: Int64]?) throws -> Set<AuditRequestID> {
        let json = JSONValue.array(
            rows.map { row in
                guard case .object(var object) = row.json else { return row.json }
                object["request_id"] = .string(row.requestID.text)
                if let number = numbers?[row.requestID] { object["id"] = .integer(number) }
                return .object(object)
            })
        // In the form in which the journal has it: a number as it was written may be beyond what the database can hold.
        let text = String(decoding: json.sortedBytes(), as: UTF8.self)
        let number: SQL = numbers == nil ? "" : "id, "
        let inserted = try self.connection.query(
            """
            INSERT INTO \(identifier: self.name) (\(number)\(Self.columns))
            SELECT \(number)\(Self.columns) FROM jsonb_to_recordset(\(json: text)::jsonb) AS event (
                id integer, request_id text, trace_id text, timestamp timestamp, caller_id text, caller_role text, environment text,
                mcp_server text, tool_name text, raw_args_hash text, sanitized_args jsonb, risk_labels jsonb,
                risk_score double precision, matched_policy_rule text, decision text, approver_id text,
                execution_status text, latency_ms integer, output_hash text, redaction_flags jsonb, llm_explanation text,
                deterministic_rationale text, org_id text, output_decision text, output_policy_rationale text)
            ON CONFLICT DO NOTHING RETURNING request_id
            """)
        return try Set(inserted.map { AuditRequestID(unchecked: try $0.decode("request_id")) })
    }

    /// The writer of a SQLite file is alone, so looking first is safe; a trigger refuses what `ON CONFLICT` would pass over.
    private func insertAlone(_ row: AuditEvent, _ number: Int64?) throws -> Bool {
        let id = row.requestID.text
        let there = try self.connection.queryOne("SELECT 1 FROM \(identifier: self.name) WHERE request_id = \(id)")
        guard there == nil else { return false }
        let arguments = String(decoding: row.sanitizedArguments.sortedBytes(), as: UTF8.self)
        let labels = JSONValue.array(row.riskLabels.map { .string($0) })
        let labelText = String(decoding: labels.sortedBytes(), as: UTF8.self)
        let flags = String(decoding: row.redactionFlags.sortedBytes(), as: UTF8.self)
        let values: SQL =
            """
            \(id), \(row.traceID), \(row.timestamp), \(row.callerID), \(row.callerRole), \(row.environment), \(row.server),
            \(row.toolName), \(row.rawArgumentsHash), \(json: arguments), \(json: labelText), \(row.riskScore),
            \(row.matchedPolicyRule), \(row.decision), \(row.approverID), \(row.executionStatus), \(row.latencyMilliseconds),
            \(row.outputHash), \(json: flags), \(row.llmExplanation), \(row.deterministicRationale), \(row.organisation.text),
            \(row.outputDecision), \(row.outputPolicyRationale)
            """
        try self.connection.execute(
            "INSERT INTO \(identifier: self.name) (id, \(Self.columns)) VALUES (\(number), \(values))")
        return true
    }

    /// All columns but `id`, which the table gives.
    static let columns: SQL =
        """
        request_id, trace_id, timestamp, caller_id, caller_role, environment, mcp_server, tool_name, raw_args_hash,
        sanitized_args, risk_labels, risk_score, matched_policy_rule, decision, approver_id, execution_status, latency_ms,
        output_hash, redaction_flags, llm_explanation, deterministic_rationale, org_id, output_decision, output_policy_rationale
        """
}

extension AuditEvent {
    /// Reads a row of `audit_events`, whoever wrote it.
    ///
    /// - Throws: `PersistenceError` with code `decoding`; JSON that cannot be read is `null`.
    init(_ row: Row) throws {
        func json(_ column: String) throws -> JSONValue {
            let text = try row.decode(column, as: String.self)
            return (try? JSONValue(parsing: text.utf8, options: JSONParsingOptions(maximumDepth: 256, allowsNUL: true))) ?? .null
        }
        self.init(
            requestID: AuditRequestID(unchecked: try row.decode("request_id")), traceID: try row.decode("trace_id"),
            timestamp: try row.decode("timestamp"), callerID: try row.decode("caller_id"),
            callerRole: try row.decode("caller_role"), environment: try row.decode("environment"),
            server: try row.decode("mcp_server"), toolName: try row.decode("tool_name"),
            rawArgumentsHash: try row.decode("raw_args_hash"), sanitizedArguments: try json("sanitized_args"),
            riskLabels: (try json("risk_labels").arrayValue ?? []).compactMap(\.stringValue),
            riskScore: try row.decode("risk_score"), matchedPolicyRule: try row.decode("matched_policy_rule"),
            decision: try row.decode("decision"), approverID: try row.decode("approver_id"),
            executionStatus: try row.decode("execution_status"), latencyMilliseconds: try row.decode("latency_ms"),
            outputHash: try row.decode("output_hash"), redactionFlags: try json("redaction_flags"),
            llmExplanation: try row.decode("llm_explanation"), deterministicRationale: try row.decode("deterministic_rationale"),
            organisation: OrganisationID(unchecked: try row.decode("org_id")), outputDecision: try row.decode("output_decision"),
            outputPolicyRationale: try row.decode("output_policy_rationale"))
    }
}
