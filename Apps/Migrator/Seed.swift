import AppSupport
import ArgumentParser
import Auth
import Identity
import SchemaSupport

struct Seed: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "Make the gateway callers dev-agent and dashboard-admin, print their keys, this once, and what the policy lets whom do.",
        discussion: """
            A caller who exists already stays as it is, and no key is printed for it. Of the policy, default.yaml in POLICY_DIR is loaded \
            and checked; a fault ends the command with status 1.
            """)

    @OptionGroup var database: DatabaseOptions

    func run() async throws {
        try await MigrationSession.run(self.database) { database, migrator, settings in
            if let obstacle = try await GatehouseSchema.obstacle(migrator) {
                throw Program.fail("migrator: \(obstacle); run \"migrator upgrade\" first")
            }
            let keys = KeyStore(database: database)
            for caller in SeededCaller.all { try await caller.make(in: keys) }
            try SeededPolicy.tell(settings)
        }
    }
}

/// A gateway caller that every installation begins with (CONTRACTS S3-19).
private struct SeededCaller {
    let id: CallerID
    let role: Role
    let trustLevel: TrustLevel

    static let all = [
        SeededCaller(id: CallerID(unchecked: "dev-agent"), role: .developer, trustLevel: .medium),
        SeededCaller(id: CallerID(unchecked: "dashboard-admin"), role: .admin, trustLevel: .admin),
    ]

    /// Makes the caller and prints the key once it is stored, or says that there is one already.
    func make(in keys: KeyStore) async throws {
        do {
            let made = try await keys.createGatewayCaller(
                id: self.id, role: self.role, trustLevel: self.trustLevel, environment: .development)
            let facts = "role \(self.role), trust \(self.trustLevel.rawValue), environment \(EnvironmentName.development)"
            Program.say("made \(self.id), \(facts)")
            Program.say("  key, not shown again: \(made.key.text)")
        } catch let error as AuthError where error.code == .callerExists {
            Program.say("\(self.id) exists already")
        }
    }
}
