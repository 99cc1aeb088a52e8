/// Notes what was tried while a call is explained.
final class DecisionTrace {
    private(set) var steps: [PolicyExplanation.Step] = []
    private var told: Set<String> = []

    func add(_ name: String, _ outcome: PolicyExplanation.Step.Outcome) {
        self.steps.append(PolicyExplanation.Step(name: name, verdict: .deny, priority: nil, isShadow: false, outcome: outcome))
    }

    func add(_ rule: PolicyRule, _ outcome: PolicyExplanation.Step.Outcome) {
        self.told.insert(rule.name)
        self.steps.append(
            PolicyExplanation.Step(
                name: rule.name, verdict: rule.verdict, priority: rule.priority, isShadow: rule.isShadow, outcome: outcome))
    }

    func addUnreached(_ rules: [PolicyRule]) {
        for rule in rules where !self.told.contains(rule.name) { self.add(rule, .notReached) }
    }
}
