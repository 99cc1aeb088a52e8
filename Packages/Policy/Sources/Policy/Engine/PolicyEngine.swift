import Patterns

/// Judges calls by one policy: deterministic, denied unless a rule says otherwise.
///
/// Order: the name of the tool, `global_deny`, the schema of the tool, then the rules by falling priority. The first rule that
/// matches whole decides; a constraint that does not hold makes its rule not match. A question without an answer (a pattern
/// that cost too much, SQL that cannot be read for sure) denies the call. Judging is synchronous and takes some microseconds; an
/// engine never changes and may be used by any number of tasks.
public struct PolicyEngine: Sendable {
    /// The policy.
    public let definition: PolicyDefinition

    private let candidates: RuleIndex
    let outputs: OutputJudge

    /// Makes an engine.
    ///
    /// - Parameter definition: The policy to judge by.
    public init(_ definition: PolicyDefinition) {
        self.definition = definition
        self.candidates = RuleIndex(definition.rules)
        self.outputs = OutputJudge(definition)
    }

    /// Decides about a call.
    public func decide(_ call: ToolCall) -> PolicyDecision {
        self.decide(call, trace: nil)
    }

    /// Decides about a call and tells what was tried.
    ///
    /// Takes longer than ``decide(_:)``, as every rule is told.
    public func explain(_ call: ToolCall) -> PolicyExplanation {
        let trace = DecisionTrace()
        let decision = self.decide(call, trace: trace)
        trace.addUnreached(self.definition.rules)
        return PolicyExplanation(decision: decision, steps: trace.steps)
    }

    /// Decides again about a call whose arguments were changed after a decision, so that what is sent was judged too.
    ///
    /// - Parameters:
    ///   - decision: What was decided about the call as received.
    ///   - call: The call with the arguments that will be sent.
    /// - Returns: The stricter of both decisions; the first when both are equally strict.
    public func recheck(_ decision: PolicyDecision, with call: ToolCall) -> PolicyDecision {
        let second = self.decide(call)
        return second.verdict > decision.verdict ? second : decision
    }

    /// All faults of arguments against the schema of the tool; none for a tool without a schema.
    ///
    /// ``decide(_:)`` denies a call with faults as well; this tells them to the caller.
    ///
    /// - Throws: ``SchemaCheckFailure`` when a pattern of the schema gave no answer; the call must not run then.
    public func violations(of call: ToolCall) throws(SchemaCheckFailure) -> [SchemaViolation] {
        do {
            return try self.definition.schemas[call.tool]?.violations(of: call.arguments) ?? []
        } catch {
            throw SchemaCheckFailure(message: error.message)
        }
    }

    /// JSON pointers of the arguments that the policy marks as sensitive, such as `/token`, in the order of the schema.
    public func sensitivePointers(of tool: String) -> [String] {
        self.definition.schemas[tool]?.properties.filter(\.isSensitive).map { "/" + ArgumentPointer.escaped($0.name) } ?? []
    }

    private func decide(_ call: ToolCall, trace: DecisionTrace?) -> PolicyDecision {
        let view = CallView(call)
        guard ToolName.isValid(call.tool) else {
            trace?.add("invalid-tool-name", .matched)
            return self.denial("invalid-tool-name", "The name of the tool is not 1 to 128 of A-Z a-z 0-9 _ . -")
        }
        trace?.add("invalid-tool-name", .skipped("the name of the tool is one"))
        if let denial = self.globalDenial(view, trace) ?? self.schemaDenial(call, trace) { return denial }
        return self.firstMatch(call, view, trace)
    }

    private func globalDenial(_ view: CallView, _ trace: DecisionTrace?) -> PolicyDecision? {
        let lowered = view.toolBytes.map(\.asciiLowercased)
        if let glob = self.definition.globalDeny.tools.first(where: { $0.matches(view.toolBytes) || $0.matches(lowered) }) {
            trace?.add("global-deny-tools", .matched)
            return self.denial("global-deny-tools", "The tool matches the globally denied pattern '\(glob.text)'")
        }
        trace?.add("global-deny-tools", .skipped("no globally denied pattern matches the tool"))
        let patterns = self.definition.globalDeny.patterns
        guard !patterns.patterns.isEmpty else {
            trace?.add("global-deny-argument-patterns", .skipped("there are none"))
            return nil
        }
        var outcome = PatternGroup.Outcome()
        do throws(EvaluationFailure) {
            for text in try view.texts() { patterns.search(text, &outcome) }
        } catch {
            outcome.failure = error
        }
        if let found = outcome.found {
            trace?.add("global-deny-argument-patterns", .matched)
            return self.denial(
                "global-deny-argument-patterns", "An argument has what is globally denied as '\(patterns.patterns[found].label)'")
        }
        if let failure = outcome.failure {
            let message = "a search for globally denied patterns gave no answer: \(failure.message)"
            trace?.add("global-deny-argument-patterns", .failed(message))
            return self.failure(message)
        }
        trace?.add("global-deny-argument-patterns", .skipped("no pattern is found in any argument"))
        return nil
    }

    private func schemaDenial(_ call: ToolCall, _ trace: DecisionTrace?) -> PolicyDecision? {
        guard let schema = self.definition.schemas[call.tool] else {
            trace?.add("tool-schema", .skipped("the tool has no schema"))
            return nil
        }
        do {
            let violations = try schema.violations(of: call.arguments)
            guard !violations.isEmpty else {
                trace?.add("tool-schema", .skipped("the arguments fit the schema"))
                return nil
            }
            trace?.add("tool-schema", .matched)
            var list = violations.filter { !$0.isUnknown }.prefix(10).map(\.description)
            // Names that the caller made up may hold anything, so they are not told where they would be kept.
            let unknown = violations.count { $0.isUnknown }
            if unknown > 0 { list.append(unknown == 1 ? "an argument is not known" : "\(unknown) arguments are not known") }
            return self.denial("tool-schema", "Tool schema validation failed: \(list.joined(separator: "; "))")
        } catch {
            trace?.add("tool-schema", .failed(error.message))
            return self.failure(error.message)
        }
    }

    private func firstMatch(_ call: ToolCall, _ view: CallView, _ trace: DecisionTrace?) -> PolicyDecision {
        var shadows: [ShadowMatch] = []
        var cursor = trace == nil ? self.candidates.cursor(for: call.tool) : self.candidates.fullCursor()
        while let (number, needsToolCheck) = cursor.next() {
            let rule = self.definition.rules[number]
            if needsToolCheck, !rule.selector.matchesTool(view) {
                trace?.add(rule, .skipped(Mismatch.tool.text))
                continue
            }
            do {
                var mismatch = rule.selector.mismatchBesidesTool(call, view)
                if mismatch == nil { mismatch = try rule.constraints.check(view) }
                if let mismatch {
                    if let trace { trace.add(rule, .skipped(mismatch.text)) }
                    continue
                }
            } catch {
                if let trace { trace.add(rule, .failed(error.message)) }
                // A rule that never decides does not decide by failing either.
                if rule.isShadow { continue }
                return self.failure("rule '\(rule.name)': \(error.message)", shadows)
            }
            trace?.add(rule, .matched)
            if rule.isShadow {
                shadows.append(ShadowMatch(rule: rule.name, verdict: rule.verdict))
                continue
            }
            return PolicyDecision(
                verdict: rule.verdict, rule: rule.name, rationale: rule.rationale, revision: self.definition.revision,
                shadows: shadows)
        }
        trace?.add("catch-all-deny", .matched)
        return self.denial("catch-all-deny", "No rule matched; what no rule allows is denied", shadows)
    }

    private func denial(_ rule: String, _ rationale: String, _ shadows: [ShadowMatch] = []) -> PolicyDecision {
        PolicyDecision(
            verdict: .deny, rule: rule, rationale: rationale, revision: self.definition.revision, shadows: shadows)
    }

    private func failure(_ message: String, _ shadows: [ShadowMatch] = []) -> PolicyDecision {
        self.denial("evaluation-error", "The call could not be judged: \(message)", shadows)
    }
}

/// A schema gave no answer, as a pattern of it cost too much.
public struct SchemaCheckFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// One sentence without values of arguments.
    public let message: String
    /// The message.
    public var description: String { self.message }
}
