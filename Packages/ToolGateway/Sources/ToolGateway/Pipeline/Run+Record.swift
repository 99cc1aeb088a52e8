import Audit
import Cryptography
import Identity
import Logging
import Policy
import StrictJSON

extension KeyPurpose {
    /// Arguments as the audit trail may name them.
    static let gatewayArguments = KeyPurpose("gateway-arguments")
}

extension Run {
    /// The event as far as it is known by the decision alone.
    func event() -> AuditEvent {
        let call = self.invocation.call
        let decision = self.judgement.decision
        return AuditEvent(
            requestID: self.requestID, traceID: self.invocation.traceID, timestamp: self.invocation.receivedAt,
            callerID: call.caller.id.text, callerRole: call.caller.role?.text ?? "",
            environment: call.caller.environment?.text ?? "", server: call.server, toolName: call.tool,
            rawArgumentsHash: self.hash(JSONValue.object(call.arguments).sortedBytes()),
            sanitizedArguments: .object(self.recordableArguments), riskLabels: self.judgement.riskLabels,
            riskScore: self.judgement.riskScore, matchedPolicyRule: decision.rule, decision: decision.verdict.rawValue,
            latencyMilliseconds: self.latency, redactionFlags: self.redactionFlags,
            llmExplanation: self.judgement.advice?.explanation, deterministicRationale: decision.rationale,
            organisation: call.caller.organisation)
    }

    /// What the journal keeps beside the event.
    var details: JSONObject {
        var details: JSONObject = [
            "policy_revision": .string(self.judgement.engine.definition.revision.text),
            "sent_digest": .string(self.digest(self.judgement.body)),
        ]
        if self.judgement.omittedFlags > 0 { details["omitted_redaction_flags"] = .integer(self.judgement.omittedFlags) }
        if self.parts.advisor != nil { details["llm_consulted"] = .bool(self.judgement.advice != nil) }
        if let keyID = self.invocation.call.caller.keyID { details["key_id"] = .string(keyID.text) }
        if !self.judgement.decision.shadows.isEmpty {
            details["shadow_rules"] = .array(
                self.judgement.decision.shadows.map { .string("\($0.rule): \($0.verdict.rawValue)") })
        }
        return details
    }

    /// The sanitised arguments with keyed digests in the place of those that the policy marks as sensitive, bounded.
    var recordableArguments: JSONObject {
        let arguments = self.judgement.engine.replacingSensitive(
            in: self.judgement.sent.arguments, of: self.invocation.call.tool
        ) { value in "[SENSITIVE \(self.digest(value.sortedBytes()))]" }
        return RecordedArguments.make(of: arguments) { self.digest($0) }
    }

    /// What was removed, as `audit_events.redaction_flags` holds it, with the whole way to each string beside the innermost key.
    ///
    /// Of what the policy marks as sensitive, and of everything where the setting says so, the digest is one with a key: few texts
    /// have the form of a card or of a number of a person, so a plain one can be guessed.
    private var redactionFlags: JSONValue {
        let sensitive = self.judgement.engine.sensitivePointers(of: self.invocation.call.tool)
        return .array(
            self.judgement.flags.map { flag in
                let isSensitive = sensitive.contains { flag.pointer == $0 || flag.pointer.hasPrefix($0 + "/") }
                let isKeyed = isSensitive || self.parts.argumentHash == .keyed
                let hash = isKeyed ? self.digest(Array(flag.originalHash.utf8)) : flag.originalHash
                return [
                    "field": .string(flag.field), "reason": .string(flag.reason.rawValue), "original_hash": .string(hash),
                    "pointer": .string(flag.pointer),
                ]
            })
    }

    /// The digest of arguments or of an output, as the setting has it.
    func hash(_ bytes: [UInt8]) -> String {
        switch self.parts.argumentHash {
        case .sha256: SHA256.hash(bytes).hex
        case .keyed: self.digest(bytes)
        }
    }

    /// A digest that nobody without the secret can make for a guess.
    private func digest(_ bytes: [UInt8]) -> String {
        guard let code = try? self.parts.keyring.sign(bytes, for: .gatewayArguments) else { return "unavailable" }
        return Hex.encode(code)
    }

    /// Milliseconds since the call came in.
    var latency: Int {
        let (seconds, attoseconds) = (ContinuousClock.now - self.began).components
        return Int(clamping: seconds) * 1_000 + Int(clamping: attoseconds / 1_000_000_000_000_000)
    }

    /// The answer as the event has it.
    func result(_ event: AuditEvent) -> InvocationResult {
        let decision = PolicyVerdict(rawValue: event.decision) ?? .deny
        return InvocationResult(
            requestID: self.invocation.requestID, decision: decision, result: nil,
            sanitizedArguments: decision == .deny ? nil : self.judgement.sent.arguments, approvalToken: nil,
            explanation: event.deterministicRationale, outputDecision: OutputVerdict(rawValue: event.outputDecision) ?? .deny,
            outputExplanation: event.outputPolicyRationale, riskLabels: event.riskLabels,
            latencyMilliseconds: event.latencyMilliseconds)
    }

    /// Keeps the first record of the request, before which nothing may happen.
    func keep(_ record: AuditRecord) async throws(GatewayRefusal) {
        switch await self.parts.journal.record(record) {
        case .durable, .spooled: return
        case .refused(.requestIDTaken):
            let caller = self.invocation.call.caller
            let answer = await self.parts.journal.record(
                .refusal(
                    details: [
                        "error": "request_id_taken", "caller_id": .string(caller.id.text),
                        "org_id": .string(caller.organisation.text), "tool": .string(self.invocation.call.tool),
                    ]))
            throw GatewayRefusal(.requestIDTaken, isRecorded: answer.isKept)
        case .refused(.invalidRequestID): throw GatewayRefusal(.invalidRequestID, isRecorded: false)
        case .refused(let reason):
            throw GatewayRefusal(.unavailable, isRecorded: false, cause: Unrecorded(reason: reason.rawValue))
        }
    }

    /// Keeps the last record of a request whose intent is on record; what happened has happened, so this fails nothing.
    ///
    /// The caller waits for it for some two seconds; afterwards it is tried again every second for ten minutes. As many records may
    /// wait so as calls had begun when the journal kept nothing more.
    ///
    /// - Returns: Whether it is kept now. What never is stays open, and the journal ends it as unknown once this process is gone.
    @discardableResult
    func keepOutcome(_ record: AuditRecord) async -> Bool {
        for pause in [Duration.zero, .milliseconds(50), .milliseconds(250), .seconds(1)] {
            if pause > .zero { try? await Task.sleep(for: pause) }
            if let isKept = await self.tryOutcome(record) { return isKept }
        }
        self.log(.warning, "what became of a call is not on record yet", [:])
        Task {
            for _ in 0..<600 {
                try? await Task.sleep(for: .seconds(1))
                if await self.tryOutcome(record) != nil { return }
            }
            self.log(.error, "what became of a call is not on record", ["reason": "the journal keeps nothing"])
        }
        return false
    }

    /// Whether a last record is kept; nil when it may be kept later.
    private func tryOutcome(_ record: AuditRecord) async -> Bool? {
        switch await self.parts.journal.record(record) {
        case .durable, .spooled: return true
        case .refused(.overloaded), .refused(.unavailable), .refused(.spoolFull): return nil
        case .refused(let reason):
            self.log(.error, "what became of a call is not on record", ["reason": "\(reason.rawValue)"])
            return false
        }
    }

    /// Tells whoever counts.
    func tell(_ event: AuditEvent) {
        self.pipeline.observer(
            GatewayEvent(
                decision: PolicyVerdict(rawValue: event.decision) ?? .deny,
                outputDecision: OutputVerdict(rawValue: event.outputDecision) ?? .deny,
                executionStatus: event.executionStatus, duration: ContinuousClock.now - self.began,
                shadows: self.judgement.decision.shadows))
    }

    func log(_ level: Logger.Level, _ message: Logger.Message, _ metadata: Logger.Metadata) {
        var metadata = metadata
        metadata["request_id"] = "\(self.invocation.requestID)"
        self.pipeline.logger.log(level: level, message, metadata: metadata)
    }
}

/// Why the journal did not keep the first record of a call, for the log.
struct Unrecorded: Error, CustomStringConvertible {
    let reason: String

    var description: String { "the journal refused the record: \(self.reason)" }
}
