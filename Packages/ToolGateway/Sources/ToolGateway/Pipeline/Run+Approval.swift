import Approval
import Audit
import Identity
import Logging
import Persistence
import Policy
import StrictJSON

extension Run {
    /// Asks a person for a yes, which ends this request; the caller comes again with another one.
    func ask(because refusal: ApprovalRefusal?) async throws(GatewayRefusal) -> InvocationResult {
        var event = self.event()
        if let refusal {
            event.deterministicRationale += " (the approval that was presented does not count: \(refusal))"
        }
        let issued: IssuedApproval
        do throws(GatewayRefusal) {
            issued = try await self.issue(.execution, output: nil)
        } catch {
            event.deterministicRationale += " (no approval can be asked for: \(error))"
            event.latencyMilliseconds = self.latency
            if error.reason == .notAskable {
                // Coming again would change nothing.
                event.decision = PolicyVerdict.deny.rawValue
                event.matchedPolicyRule = "approval-impossible"
                await self.keepOutcome(.decision(closing: event, details: self.details))
                self.tell(event)
                return self.result(event)
            }
            let isKept = await self.keepOutcome(.decision(closing: event, details: self.details))
            self.tell(event)
            throw GatewayRefusal(error.reason, isRecorded: isKept, cause: error.cause)
        }
        event.latencyMilliseconds = self.latency
        await self.keepOutcome(.decision(closing: event, details: self.details))
        self.tell(event)
        var result = self.result(event)
        result.approvalToken = issued.token.text
        return result
    }

    /// Hands over an output that was withheld, without calling the tool again.
    func release(_ token: String) async throws(GatewayRefusal) -> InvocationResult {
        var event = self.event()
        switch try await self.spend(token, for: .outputRelease) {
        case .consumed(let consumption):
            self.note(consumption, in: &event)
            event.executionStatus = "APPROVED_OUTPUT_RELEASE"
            event.outputHash = consumption.output.map { self.parts.hash($0.sortedBytes()) }
            event.outputPolicyRationale = event.deterministicRationale
            event.latencyMilliseconds = self.latency
            await self.keepOutcome(.outcome(.success, closing: event, details: self.details))
            self.tell(event)
            var result = self.result(event)
            result.result = consumption.output.map { $0.objectValue ?? ["result": $0] }
            return result
        case .refused(let refusal):
            event.decision = PolicyVerdict.deny.rawValue
            event.matchedPolicyRule = "invalid-output-approval-token"
            event.deterministicRationale = "The approval that was presented releases no output: \(refusal)"
            event.latencyMilliseconds = self.latency
            await self.keepOutcome(.decision(closing: event, details: self.details))
            self.tell(event)
            return self.result(event)
        }
    }

    /// What a token is for; nil when there is no such approval in the organisation.
    func scope(of token: String) async throws(GatewayRefusal) -> ApprovalScope? {
        guard let handle = ApprovalToken(token)?.handle else { return nil }
        do {
            let organisation = self.invocation.call.caller.organisation
            return try await self.parts.desk.request(ApprovalReference(handle), in: organisation)?.scope
        } catch {
            throw await self.unavailable(error)
        }
    }

    func spend(_ token: String, for scope: ApprovalScope) async throws(GatewayRefusal) -> ConsumeOutcome {
        let call = self.invocation.call
        let use = ApprovalUse(
            token: token, requestID: self.invocation.requestID, caller: call.caller, scope: scope, server: call.server,
            tool: call.tool, policyRevision: self.judgement.engine.definition.revision.text,
            receivedArguments: .object(call.arguments), sentArguments: .object(self.judgement.sent.arguments))
        do {
            return try await self.parts.desk.consume(use)
        } catch {
            throw await self.unavailable(error)
        }
    }

    /// Opens a request for a yes.
    ///
    /// - Throws: ``GatewayRefusal`` with `tooManyApprovals`, `notAskable` or `unavailable`; the caller records it.
    func issue(_ scope: ApprovalScope, output: JSONValue?) async throws(GatewayRefusal) -> IssuedApproval {
        let call = self.invocation.call
        let draft = ApprovalDraft(
            requestID: self.invocation.requestID, caller: call.caller, scope: scope, server: call.server, tool: call.tool,
            policyRevision: self.judgement.engine.definition.revision.text, receivedArguments: .object(call.arguments),
            sentArguments: .object(self.judgement.sent.arguments),
            sanitizedCall: [
                "server": .string(call.server), "tool": .string(call.tool), "arguments": self.decided.event.sanitizedArguments,
            ],
            output: output, riskExplanation: self.judgement.decision.rationale, riskLabels: self.judgement.riskLabels,
            riskScore: self.judgement.riskScore)
        do {
            switch try await self.parts.desk.issue(draft) {
            case .issued(let issued): return issued
            case .refused: throw GatewayRefusal(.tooManyApprovals, isRecorded: false)
            }
        } catch let refusal as GatewayRefusal {
            throw refusal
        } catch let error as ApprovalError where error.code == .tooLarge {
            throw GatewayRefusal(.notAskable, isRecorded: false, cause: error)
        } catch {
            throw GatewayRefusal(.unavailable, isRecorded: false, cause: error)
        }
    }

    /// Makes an approval whole again whose call was certainly not sent.
    func giveBack(_ consumption: Consumption) async {
        do {
            if case .refused(let refusal) = try await self.parts.desk.giveBack(consumption) {
                self.log(.notice, "an approval was not given back", ["reason": "\(refusal.code)"])
            }
        } catch {
            self.log(.warning, "an approval could not be given back", ["error": "\(String(reflecting: error))"])
        }
    }

    /// Writes who approved into the event.
    func note(_ consumption: Consumption, in event: inout AuditEvent) {
        let names = consumption.approvers.map(\.id.text)
        event.approverID = names.joined(separator: ",")
        event.decision = PolicyVerdict.allow.rawValue
        event.deterministicRationale =
            "Approved: \(names.joined(separator: ", ")) (request \(consumption.approvedRequestID))"
    }

    /// Ends a request over which approvals cannot be asked, before anything ran.
    private func unavailable(_ cause: any Error) async -> GatewayRefusal {
        var event = self.event()
        event.decision = PolicyVerdict.deny.rawValue
        event.deterministicRationale += " (approvals cannot be asked now)"
        event.latencyMilliseconds = self.latency
        let isKept = await self.keepOutcome(.decision(closing: event, details: self.details))
        self.tell(event)
        return GatewayRefusal(.unavailable, isRecorded: isKept, cause: cause)
    }
}
