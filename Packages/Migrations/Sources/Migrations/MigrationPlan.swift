import Persistence

/// What a run is going to do.
struct MigrationPlan: Sendable {
    /// In order; whether an optional one is wanted shows when its turn comes.
    var steps: [MigrationStep] = []
    /// Optional revisions without statements for the dialect, with their titles.
    var unavailable: [(key: Revision.Key, title: String)] = []
    /// The revision that was asked for by name.
    var goal: Revision.Key?
}

extension Migrator {
    func upgradePlan(to target: MigrationTarget, state: DatabaseState) throws(MigrationError) -> MigrationPlan {
        var plan = MigrationPlan()
        if case .revision = target { plan.goal = try self.graph.resolve(target) }
        for key in try self.graph.pending(for: target, applied: state.applied) {
            guard let revision = self.graph.revision(key) else { continue }
            if revision.isOptional, revision.script(for: self.database.dialect) == nil {
                if key == plan.goal { throw Self.notApplicable(key) }
                plan.unavailable.append((key, revision.title))
            } else {
                plan.steps.append(
                    try MigrationStep(revision, of: key.chain, direction: .up, dialect: self.database.dialect))
            }
        }
        return plan
    }

    func downgradePlan(to target: MigrationTarget, state: DatabaseState) throws(MigrationError) -> MigrationPlan {
        MigrationPlan(steps: try self.steps(try self.graph.surplus(for: target, applied: state.records.map(\.key)), .down))
    }

    /// What is missing of what can be applied now.
    func pendingSteps(for target: MigrationTarget, state: DatabaseState) throws(MigrationError) -> [MigrationStep] {
        if case .revision = target {
            let goal = try self.graph.resolve(target)
            if state.inapplicable.contains(goal) { throw Self.notApplicable(goal) }
        }
        return try self.steps(try self.pendingKeys(for: target, state: state), .up)
    }

    func pendingKeys(for target: MigrationTarget, state: DatabaseState) throws(MigrationError) -> [Revision.Key] {
        try self.graph.pending(for: target, applied: state.applied).filter { !state.inapplicable.contains($0) }
    }

    func steps(
        _ keys: [Revision.Key], _ direction: MigrationStep.Direction
    ) throws(MigrationError) -> [MigrationStep] {
        var steps: [MigrationStep] = []
        for key in keys {
            guard let revision = self.graph.revision(key) else { continue }
            steps.append(
                try MigrationStep(revision, of: key.chain, direction: direction, dialect: self.database.dialect))
        }
        return steps
    }
}
