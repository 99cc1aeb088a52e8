import Approval
import Audit
import Cryptography
import Identity
import Persistence
import Policy
import StrictJSON

/// One call on its way through the pipeline: it grows the event and gives the answer.
struct Run: Sendable {
    let judgement: Judgement
    let began: ContinuousClock.Instant
    let pipeline: GatewayPipeline
    /// The event as far as it is known by the decision alone, and what the journal keeps beside it; each of its records has them.
    let decided: (event: AuditEvent, details: JSONObject)

    init(_ judgement: Judgement, began: ContinuousClock.Instant, pipeline: GatewayPipeline) {
        self.judgement = judgement
        self.began = began
        self.pipeline = pipeline
        let record = CallRecord(judgement: judgement, parts: pipeline.parts)
        self.decided = (record.event, record.details)
    }

    var parts: GatewayPipeline.Parts { self.pipeline.parts }
    var invocation: Invocation { self.judgement.invocation }
    var requestID: AuditRequestID { AuditRequestID(unchecked: self.invocation.requestID) }

    // MARK: - Without any effect

    /// Records a denial as the only record of its request, and answers it.
    func deny() async throws(GatewayRefusal) -> InvocationResult {
        var event = self.event()
        let isSchema = !self.judgement.violations.isEmpty
        if isSchema {
            event.matchedPolicyRule = "pipeline-error"
            event.decision = PolicyVerdict.deny.rawValue
            event.deterministicRationale = Self.recordable(self.judgement.violations)
        }
        try await self.keep(.decision(closing: event, takesRequestID: true, details: self.details))
        self.tell(event)
        if isSchema { throw GatewayRefusal(.schema(self.judgement.violations), isRecorded: true) }
        return self.result(event)
    }

    /// Names that a caller made up may hold anything, so unknown arguments are counted and not named where they would be kept.
    private static func recordable(_ violations: [SchemaViolation]) -> String {
        var list = violations.filter { !$0.isUnknown }.prefix(20).map(\.description)
        let unknown = violations.count { $0.isUnknown }
        if unknown > 0 { list.append(unknown == 1 ? "an argument is not known" : "\(unknown) arguments are not known") }
        return "Tool schema validation failed: \(list.joined(separator: "; "))"
    }

    // MARK: - With an intent

    /// Records the intent, asks or spends an approval where one is needed, and makes the call.
    func proceed() async -> Result<InvocationResult, GatewayRefusal> {
        do throws(GatewayRefusal) {
            try await self.keep(.intent(of: self.event(), details: self.details))
            return .success(try await self.act())
        } catch {
            return .failure(error)
        }
    }

    private func act() async throws(GatewayRefusal) -> InvocationResult {
        let needsApproval = self.judgement.decision.verdict == .approvalRequired
        guard let token = self.invocation.approvalToken else {
            return needsApproval ? try await self.ask(because: nil) : await self.execute(with: nil)
        }
        guard needsApproval, try await self.scope(of: token) != .outputRelease else { return try await self.release(token) }
        switch try await self.spend(token, for: .execution) {
        case .consumed(let consumption): return await self.execute(with: consumption)
        case .refused(let refusal): return try await self.ask(because: refusal)
        }
    }

    /// Makes the call, and judges what comes back.
    private func execute(with consumption: Consumption?) async -> InvocationResult {
        var event = self.event()
        if let consumption { self.note(consumption, in: &event) }
        guard let tool = ToolName(self.invocation.call.tool) else {
            // The policy has denied such a name.
            let failure = ToolFailure(.toolError, "the name of the tool is none", httpStatus: 404, mayHaveRun: false)
            return await self.finish(event, failure: failure)
        }
        let request = ToolRequest(
            requestID: self.invocation.requestID, caller: self.invocation.call.caller, tool: tool,
            arguments: self.judgement.sent.arguments)
        switch await self.parts.executor.run(request, body: self.judgement.body, on: self.invocation.call.server) {
        case .failure(let failure):
            if let consumption, !failure.mayHaveRun { await self.giveBack(consumption) }
            return await self.finish(event, failure: failure)
        case .success(let output):
            return await self.finish(event, output: output)
        }
    }

    /// Ends a call that the tool answered.
    private func finish(_ done: AuditEvent, output: JSONObject) async -> InvocationResult {
        var event = done
        let value = JSONValue.object(output)
        event.executionStatus = "SUCCESS"
        event.outputHash = self.parts.hash(value.sortedBytes())
        let judged = self.judgement.engine.judge(value, of: self.judgement.sent)
        event.outputDecision = judged.verdict.rawValue
        event.outputPolicyRationale = judged.rationale
        var token: String?
        if judged.verdict == .approvalRequired {
            do throws(GatewayRefusal) {
                token = try await self.issue(.outputRelease, output: value).token.text
            } catch {
                // The tool has run, so that is the answer, and not an error after which somebody would call again. The output is dropped.
                event.outputDecision = OutputVerdict.deny.rawValue
                event.outputPolicyRationale = "\(judged.rationale ?? "") (no approval can be asked for: \(error))"
            }
        }
        event.latencyMilliseconds = self.latency
        await self.keepOutcome(.outcome(.success, closing: event, details: self.details))
        self.tell(event)
        var result = self.result(event)
        result.approvalToken = token
        switch judged.verdict {
        case .allow, .redact:
            if let handed = judged.output { result.result = handed.objectValue ?? ["result": handed] }
        case .approvalRequired, .deny: break
        }
        return result
    }

    /// Ends a call without an answer that can be used; to the caller that is no error of the gateway.
    func finish(_ done: AuditEvent, failure: ToolFailure) async -> InvocationResult {
        var event = done
        event.executionStatus = failure.status.rawValue
        event.latencyMilliseconds = self.latency
        var details = self.details
        details["failure"] = .string(failure.reason)
        details["failure_status"] = .integer(failure.httpStatus)
        details["may_have_run"] = .bool(failure.mayHaveRun)
        let outcome: AuditRecord.Outcome = failure.status == .timeout ? .timeout : .toolError
        await self.keepOutcome(.outcome(outcome, closing: event, details: details))
        self.tell(event)
        var result = self.result(event)
        result.failure = failure
        return result
    }
}
