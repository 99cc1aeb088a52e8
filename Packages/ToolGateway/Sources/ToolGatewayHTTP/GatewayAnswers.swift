import HTTPCore
import Policy
import StrictJSON
import ToolGateway

extension InvocationResult {
    /// The shape of ``json``.
    static let schema = Schema.object([
        .required("request_id", .string()),
        .required("decision", .choice(PolicyVerdict.allCases.map(\.rawValue))),
        .required("result", .map().nullable),
        .required("sanitized_args", .map().nullable),
        .required("approval_token", .string().nullable),
        .required("policy_explanation", .string()),
        .required("output_decision", .choice(OutputVerdict.allCases.map(\.rawValue))),
        .required("output_policy_explanation", .string().nullable),
        .required("risk_labels", .array(of: .string())),
        .required("latency_ms", .integer(0...Int64.max)),
    ])
}

extension PolicyExplanation {
    static let schema = Schema.object([
        .required("decision", .choice(PolicyVerdict.allCases.map(\.rawValue))),
        .required("rule", .string()),
        .required("explanation", .string()),
        .required("policy_revision", .string()),
        .required(
            "steps",
            .array(
                of: .object([
                    .required("rule", .string()),
                    .required("decision", .choice(PolicyVerdict.allCases.map(\.rawValue))),
                    .required("priority", .integer().nullable),
                    .required("is_shadow", .boolean),
                    .required("outcome", .choice(["matched", "skipped", "failed", "not_reached"])),
                    .required("reason", .string().nullable),
                ]))),
    ])

    var json: JSONValue {
        [
            "decision": .string(self.decision.verdict.rawValue), "rule": .string(self.decision.rule),
            "explanation": .string(self.decision.rationale), "policy_revision": .string(self.decision.revision.text),
            "steps": .array(self.steps.map(\.json)),
        ]
    }
}

extension PolicyExplanation.Step {
    fileprivate var json: JSONValue {
        let (outcome, reason): (String, String?) =
            switch self.outcome {
            case .matched: ("matched", nil)
            case .skipped(let reason): ("skipped", reason)
            case .failed(let reason): ("failed", reason)
            case .notReached: ("not_reached", nil)
            }
        return [
            "rule": .string(self.name), "decision": .string(self.verdict.rawValue),
            "priority": self.priority.map { .integer($0) } ?? .null, "is_shadow": .bool(self.isShadow),
            "outcome": .string(outcome), "reason": .string(orNull: reason),
        ]
    }
}

/// What a caller may at best get from each tool that the policy names.
struct ToolList {
    static let schema = Schema.object([
        .required(
            "tools",
            .array(
                of: .object([
                    .required("name", .string()),
                    .required("decision", .choice(PolicyVerdict.allCases.map(\.rawValue))),
                    .required("rule", .string()),
                    .required("is_conditional", .boolean.described("Whether the rule asks something of the arguments")),
                ]))),
        .required("servers", .array(of: .string())),
        .required("policy_revision", .string()),
    ])

    let json: JSONValue

    init(_ reach: CallerReach, servers: [String]) {
        self.json = [
            "tools": .array(
                reach.tools.map { tool in
                    [
                        "name": .string(tool.name), "decision": .string(tool.reach.verdict.rawValue),
                        "rule": .string(tool.reach.rule), "is_conditional": .bool(tool.reach.isConditional),
                    ]
                }),
            "servers": .array(servers.map { .string($0) }), "policy_revision": .string(reach.revision.text),
        ]
    }
}
