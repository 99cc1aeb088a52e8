public import Approval
public import Audit
public import Cryptography
import Identity
public import Logging
import Persistence
public import Policy
public import ServiceLifecycle
import StrictJSON

/// Judges calls of tools and makes those that may be made: schema, risk, policy, sanitising, approval, execution, output policy, and a
/// record of all of it (CONTRACTS §4.7).
///
/// ```swift
/// let result = try await pipeline.invoke(Invocation(requestID: "req-1", call: call))
/// ```
///
/// What is judged is what is sent: one parsed tree, one policy revision for the whole call, and after sanitising the rules are asked
/// again. Nothing happens before its intent is on record, and each intent gets an outcome; where this process ends in between, the
/// journal of the next one says `UNKNOWN`. Nothing is ever sent twice.
///
/// It is a service: run it in the app's group after the journal, so that outcomes that the journal could not keep at once are kept
/// as soon as it can.
public final class GatewayPipeline: Service {
    /// What a gateway works with.
    public struct Parts: Sendable {
        /// The policy in force.
        public var policies: PolicyStore
        /// Makes the calls.
        public var executor: any ToolExecutor
        /// Asks people.
        public var desk: ApprovalDesk
        /// Keeps the record.
        public var journal: Journal
        /// Digests what is sensitive.
        public var keyring: SecretKeyring
        /// A second opinion on risk; none when nil.
        public var advisor: (any RiskAdvisor)?
        /// How arguments are hashed in `audit_events.raw_args_hash`.
        public var argumentHash: ArgumentHash

        /// Collects the parts.
        public init(
            policies: PolicyStore, executor: any ToolExecutor, desk: ApprovalDesk, journal: Journal, keyring: SecretKeyring,
            advisor: (any RiskAdvisor)? = nil, argumentHash: ArgumentHash = .sha256
        ) {
            self.policies = policies
            self.executor = executor
            self.desk = desk
            self.journal = journal
            self.keyring = keyring
            self.advisor = advisor
            self.argumentHash = argumentHash
        }
    }

    let parts: Parts
    let logger: Logger
    let sanitizer: ArgumentSanitizer
    let heuristics: RiskHeuristics
    let observer: @Sendable (GatewayEvent) -> Void
    let outcomes: OutcomeKeeper

    /// Creates a gateway.
    ///
    /// - Parameters:
    ///   - parts: What it works with.
    ///   - logger: Hears of what could not be recorded, without arguments.
    ///   - observer: Gets what became of each call, for metrics; must be quick.
    /// - Throws: `PatternError` when a pattern of ours does not compile, which tests rule out.
    public init(
        _ parts: Parts, logger: Logger, observer: @escaping @Sendable (GatewayEvent) -> Void = { _ in }
    ) throws {
        self.parts = parts
        self.logger = logger
        self.observer = observer
        let journal = parts.journal
        self.outcomes = OutcomeKeeper(logger: logger) { await journal.record($0) }
        self.sanitizer = try ArgumentSanitizer()
        self.heuristics = try RiskHeuristics()
    }

    /// Keeps outcomes that are late, until the group shuts down.
    public func run() async {
        await self.outcomes.run()
    }

    /// Judges a call, and makes it if it may be made.
    ///
    /// Cancelling the task does not cut a call that has begun: what became of it is recorded all the same.
    ///
    /// - Throws: ``GatewayRefusal``.
    public func invoke(_ invocation: Invocation) async throws(GatewayRefusal) -> InvocationResult {
        guard invocation.hasPlainRequestID else { throw GatewayRefusal(.invalidRequestID, isRecorded: false) }
        let clock = ContinuousClock.now
        let judgement = await self.judge(invocation)
        let run = Run(judgement, began: clock, pipeline: self)
        if !judgement.violations.isEmpty || judgement.decision.isDenied { return try await run.deny() }
        let task = Task { await run.proceed() }
        return try await task.value.get()
    }

    private func judge(_ invocation: Invocation) async -> Judgement {
        let engine = self.parts.policies.engine
        let call = invocation.call
        let sanitized = self.sanitizer.sanitized(call.arguments)
        let sent = call.with(arguments: sanitized.arguments)
        let risk = self.heuristics.assess(call.arguments)
        var violations: [SchemaViolation] = []
        var decision = engine.decide(call)
        do {
            violations = try engine.violations(of: call)
        } catch {
            // The decision is a denial then, and says why.
        }
        if !decision.isDenied { decision = engine.recheck(decision, of: call, sanitized: sanitized) }
        var advice: RiskAdvice?
        if !decision.isDenied, !risk.isConclusive, let advisor = self.parts.advisor {
            // Whoever advises need not know what the policy keeps from the record.
            let shown = engine.replacingSensitive(in: sent.arguments, of: sent.tool) { _ in "[SENSITIVE]" }
            advice = await advisor.advise(on: sent.with(arguments: shown), assessed: risk)
        }
        return Judgement(
            invocation: invocation, engine: engine, sent: sent, flags: sanitized.flags, omittedFlags: sanitized.omittedFlags,
            risk: risk, advice: advice,
            decision: decision, violations: violations, body: JSONValue.object(sent.arguments).sortedBytes())
    }
}

/// How arguments are hashed for the audit trail.
public enum ArgumentHash: String, Sendable, Hashable, CaseIterable {
    /// SHA-256 of the sorted form (CONTRACTS, Appendix A), as older tools expect it; few possible arguments can be guessed from it.
    case sha256
    /// A code with the server's secret over the same bytes.
    case keyed
}

/// What became of a call, for metrics.
public struct GatewayEvent: Sendable, Hashable {
    /// What was decided.
    public var decision: PolicyVerdict
    /// What was decided over the output.
    public var outputDecision: OutputVerdict
    /// `SUCCESS`, `TOOL_ERROR`, `TIMEOUT`, `APPROVED_OUTPUT_RELEASE`, or nil when nothing ran.
    public var executionStatus: String?
    /// How long it took.
    public var duration: Duration
    /// Shadow rules that would have decided instead.
    public var shadows: [ShadowMatch]
}
