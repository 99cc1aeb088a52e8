import Persistence

/// All chains of a program and what depends on what.
struct RevisionGraph: Sendable {
    let chains: [RevisionChain]
    private let revisions: [Revision.Key: Revision]
    /// All revisions, each after its parent and its dependencies; else in the order of the chains.
    let order: [Revision.Key]

    init(_ chains: [RevisionChain]) throws(MigrationError) {
        var revisions: [Revision.Key: Revision] = [:]
        for chain in chains {
            for revision in chain.revisions {
                let key = Revision.Key(chain: chain.name, revision: revision.id)
                guard revisions.updateValue(revision, forKey: key) == nil else {
                    throw MigrationError(.invalidChain, message: "two chains have the name \(chain.name)")
                }
            }
        }
        for (key, revision) in revisions {
            for dependency in revision.dependencies {
                guard let needed = revisions[dependency] else {
                    throw MigrationError(
                        .invalidChain, message: "revision \(key) depends on \(dependency), which does not exist")
                }
                if needed.isOptional {
                    throw MigrationError(.invalidChain, message: "revision \(key) depends on \(dependency), which is optional")
                }
            }
        }
        self.chains = chains
        self.revisions = revisions
        self.order = try Self.sorted(chains)
    }

    /// Takes, again and again, the next revision of the first chain whose next one depends on nothing that is missing.
    private static func sorted(_ chains: [RevisionChain]) throws(MigrationError) -> [Revision.Key] {
        var rest = chains.map { ($0.name, $0.revisions[...]) }
        var order: [Revision.Key] = []
        var done: Set<Revision.Key> = []
        while rest.contains(where: { !$0.1.isEmpty }) {
            let ready = rest.indices.first { index in
                rest[index].1.first?.dependencies.allSatisfy(done.contains) ?? false
            }
            guard let ready, let next = rest[ready].1.popFirst() else {
                let stuck = rest.compactMap { name, line in line.first.map { "\(name):\($0.id)" } }
                throw MigrationError(
                    .invalidChain, message: "revisions wait for each other: \(stuck.joined(separator: ", "))")
            }
            let key = Revision.Key(chain: rest[ready].0, revision: next.id)
            order.append(key)
            done.insert(key)
        }
        return order
    }

    func revision(_ key: Revision.Key) -> Revision? {
        self.revisions[key]
    }

    /// What is missing for a target, in the order in which it has to be applied.
    func pending(for target: MigrationTarget, applied: Set<Revision.Key>) throws(MigrationError) -> [Revision.Key] {
        switch target {
        case .head:
            return self.order.filter { !applied.contains($0) }
        case .revision:
            let wanted = self.ancestry(of: try self.resolve(target))
            return self.order.filter { wanted.contains($0) && !applied.contains($0) }
        case .base, .steps:
            throw MigrationError(.unknownTarget, message: "an upgrade leads to head or to a revision")
        }
    }

    /// What has to be undone for a target, newest first, given what was applied in order.
    func surplus(for target: MigrationTarget, applied: [Revision.Key]) throws(MigrationError) -> [Revision.Key] {
        switch target {
        case .base:
            return applied.reversed()
        case .steps(let count):
            guard (1...max(applied.count, 1)).contains(count), !applied.isEmpty else {
                throw MigrationError(
                    .unknownTarget, message: "\(applied.count) revisions are applied, so \(count) cannot be undone")
            }
            return applied.suffix(count).reversed()
        case .revision:
            let goal = try self.resolve(target)
            guard applied.contains(goal) else {
                throw MigrationError(.unknownTarget, message: "revision \(goal) is not applied, so nothing leads back to it")
            }
            return applied.filter { self.isAfter($0, goal) }.reversed()
        case .head:
            throw MigrationError(.unknownTarget, message: "a downgrade leads to base, to a revision or some steps back")
        }
    }

    func resolve(_ target: MigrationTarget) throws(MigrationError) -> Revision.Key {
        guard case .revision(let id, let chain) = target else {
            throw MigrationError(.unknownTarget, message: "the target is no single revision")
        }
        let matches = self.order.filter { $0.revision == id && (chain == nil || $0.chain == chain) }
        guard let match = matches.first else {
            throw MigrationError(.unknownTarget, message: "there is no revision \(chain.map { "\($0):" } ?? "")\(id)")
        }
        guard matches.count == 1 else {
            let names = matches.map(\.description).joined(separator: ", ")
            throw MigrationError(.unknownTarget, message: "revision \(id) is ambiguous: \(names)")
        }
        return match
    }

    /// A revision, everything before it in its chain, and everything that any of them depends on.
    func ancestry(of key: Revision.Key) -> Set<Revision.Key> {
        var found: Set<Revision.Key> = []
        var open = [key]
        while let next = open.popLast() {
            guard found.insert(next).inserted, let revision = self.revisions[next] else { continue }
            open.append(contentsOf: revision.dependencies)
            if let parent = revision.parent { open.append(Revision.Key(chain: next.chain, revision: parent)) }
        }
        return found
    }

    /// Whether a revision comes later in the goal's chain, or stands on one that does.
    private func isAfter(_ key: Revision.Key, _ goal: Revision.Key) -> Bool {
        let before = self.ancestry(of: goal)
        return self.ancestry(of: key).contains { $0.chain == goal.chain && !before.contains($0) }
    }
}
