import Audit
import Identity
import Logging
import Policy
import StrictJSON

extension Run {
    /// The event as far as it is known by the decision alone.
    func event() -> AuditEvent {
        var event = self.decided.event
        event.latencyMilliseconds = self.latency
        return event
    }

    /// What the journal keeps beside the event.
    var details: JSONObject { self.decided.details }

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
            failure: nil, latencyMilliseconds: event.latencyMilliseconds)
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

    /// Keeps the last record of a request whose intent is on record.
    ///
    /// - Returns: Whether it is kept now.
    @discardableResult
    func keepOutcome(_ record: AuditRecord) async -> Bool {
        await self.pipeline.outcomes.keep(record, of: self.invocation.requestID)
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
