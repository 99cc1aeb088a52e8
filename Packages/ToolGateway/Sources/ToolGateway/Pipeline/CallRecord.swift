import Audit
import Cryptography
import Identity
import Policy
import StrictJSON

/// What is recorded of a call, as far as it is known by the decision alone.
struct CallRecord {
    let judgement: Judgement
    let parts: GatewayPipeline.Parts

    /// The event as far as it is known by the decision alone.
    var event: AuditEvent {
        let call = self.judgement.invocation.call
        let decision = self.judgement.decision
        return AuditEvent(
            requestID: AuditRequestID(unchecked: self.judgement.invocation.requestID),
            traceID: self.judgement.invocation.traceID, timestamp: self.judgement.invocation.receivedAt,
            callerID: call.caller.id.text, callerRole: call.caller.role?.text ?? "",
            environment: call.caller.environment?.text ?? "", server: call.server, toolName: call.tool,
            rawArgumentsHash: self.parts.hash(JSONValue.object(call.arguments).sortedBytes()),
            sanitizedArguments: .object(self.recordableArguments), riskLabels: self.judgement.riskLabels,
            riskScore: self.judgement.riskScore, matchedPolicyRule: decision.rule, decision: decision.verdict.rawValue,
            latencyMilliseconds: 0, redactionFlags: self.redactionFlags,
            llmExplanation: self.judgement.advice?.explanation, deterministicRationale: decision.rationale,
            organisation: call.caller.organisation)
    }

    /// What the journal keeps beside the event.
    var details: JSONObject {
        var details: JSONObject = [
            "policy_revision": .string(self.judgement.engine.definition.revision.text),
            "sent_digest": .string(self.parts.digest(self.judgement.body)),
        ]
        if self.judgement.omittedFlags > 0 { details["omitted_redaction_flags"] = .integer(self.judgement.omittedFlags) }
        if self.parts.advisor != nil { details["llm_consulted"] = .bool(self.judgement.advice != nil) }
        if let keyID = self.judgement.invocation.call.caller.keyID { details["key_id"] = .string(keyID.text) }
        if !self.judgement.decision.shadows.isEmpty {
            details["shadow_rules"] = .array(
                self.judgement.decision.shadows.map { .string("\($0.rule): \($0.verdict.rawValue)") })
        }
        return details
    }

    /// The sanitised arguments with keyed digests in the place of those that the policy marks as sensitive, bounded.
    var recordableArguments: JSONObject {
        let arguments = self.judgement.engine.replacingSensitive(
            in: self.judgement.sent.arguments, of: self.judgement.invocation.call.tool
        ) { value in "[SENSITIVE \(self.parts.digest(value.sortedBytes()))]" }
        return RecordedArguments.make(of: arguments) { self.parts.digest($0) }
    }

    /// What was removed, as `audit_events.redaction_flags` holds it, with the whole way to each string beside the innermost key.
    ///
    /// Of what the policy marks as sensitive, and of everything where the setting says so, the digest is one with a key: few texts
    /// have the form of a card or of a number of a person, so a plain one can be guessed.
    private var redactionFlags: JSONValue {
        let sensitive = self.judgement.engine.sensitivePointers(of: self.judgement.invocation.call.tool)
        return .array(
            self.judgement.flags.map { flag in
                let isSensitive = sensitive.contains { flag.pointer == $0 || flag.pointer.hasPrefix($0 + "/") }
                let isKeyed = isSensitive || self.parts.argumentHash == .keyed
                let hash = isKeyed ? self.parts.digest(Array(flag.originalHash.utf8)) : flag.originalHash
                return [
                    "field": .string(flag.field), "reason": .string(flag.reason.rawValue), "original_hash": .string(hash),
                    "pointer": .string(flag.pointer),
                ]
            })
    }
}

extension KeyPurpose {
    /// Arguments as the audit trail may name them.
    static let gatewayArguments = KeyPurpose("gateway-arguments")
}

extension GatewayPipeline.Parts {
    /// The digest of arguments or of an output, as the setting has it.
    func hash(_ bytes: [UInt8]) -> String {
        switch self.argumentHash {
        case .sha256: SHA256.hash(bytes).hex
        case .keyed: self.digest(bytes)
        }
    }

    /// A digest that nobody without the secret can make for a guess.
    func digest(_ bytes: [UInt8]) -> String {
        guard let code = try? self.keyring.sign(bytes, for: .gatewayArguments) else { return "unavailable" }
        return Hex.encode(code)
    }
}
