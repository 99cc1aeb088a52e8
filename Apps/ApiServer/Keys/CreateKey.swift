import AppSupport
import ArgumentParser
import Auth
import Identity
import Persistence

struct CreateKey: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Make a key and print it, this once; for a new user unless told otherwise.",
        discussion:
            "--user makes a further key of a user, --caller a gateway caller, which calls tools and may be an administrator.")

    @Option(name: .long, help: "The id of a user who gets a further key.")
    var user: String?
    @Option(name: .long, help: "The new user's e-mail address.")
    var email: String?
    @Option(name: .long, help: "The new user's name.")
    var displayName: String?
    @Option(name: .long, help: "The name of a new gateway caller, such as build-agent.")
    var caller: String?
    @Option(name: .long, help: "The gateway caller's role, such as analyst, developer or admin (default: developer).")
    var role: String?
    @Option(name: .long, help: "How far the gateway caller is trusted, 0 to 4 (default: 1).")
    var trust: Int?
    @Option(name: .long, help: "The surroundings that the gateway caller's key is for, such as prod (default: dev).")
    var environment: String?
    @Option(name: .long, help: "Whose data the gateway caller sees (default: default).")
    var organisation: String?
    @Option(name: .long, help: "What the key is called in lists.")
    var label: String?
    @Option(name: .long, help: "The human behind the key, whom four-eyes rules compare.")
    var person: String?
    @Option(name: .long, help: "Days after which the key stops being valid, 1 to 36500.")
    var expiresInDays: Int?
    @OptionGroup var database: DatabaseOptions

    func validate() throws {
        if let days = self.expiresInDays, !(1...36_500).contains(days) {
            throw ValidationError("--expires-in-days: \(days) is out of range; allowed: 1 to 36500")
        }
        if self.user != nil, self.email != nil || self.displayName != nil {
            throw ValidationError("--email and --display-name are for a new user; leave them out with --user")
        }
        if self.caller != nil, self.user != nil || self.email != nil || self.displayName != nil {
            throw ValidationError("--user, --email and --display-name are for users; leave them out with --caller")
        }
        if self.caller == nil, self.role != nil || self.trust != nil || self.environment != nil || self.organisation != nil {
            throw ValidationError(
                "--role, --trust, --environment and --organisation are for gateway callers; name one with --caller")
        }
        if let trust = self.trust, TrustLevel(rawValue: trust) == nil {
            throw ValidationError("--trust: \(trust) is out of range; allowed: 0 to 4")
        }
    }

    func run() async throws {
        let expiresAt = self.expiresInDays.map { Timestamp.now().advanced(by: .seconds($0 * 86_400)) }
        let details = KeyDetails(label: self.label, person: self.person, expiresAt: expiresAt)
        try await Keys.withStore(self.database) { store in
            if let caller = self.caller { return try await self.makeCaller(caller, details, in: store) }
            let created: KeyStore.NewKey
            if let user = self.user {
                created = try await store.createKey(for: user, details: details)
            } else {
                created = try await store.createUser(email: self.email, displayName: self.displayName, details: details)
            }
            print("key      \(created.key.text)")
            print("key id   \(created.key.publicID)")
            print("user id  \(created.userID)")
            print("The key is not shown again.")
        }
    }

    private func makeCaller(_ name: String, _ details: KeyDetails, in store: KeyStore) async throws {
        let created = try await store.createGatewayCaller(
            id: CallerID(unchecked: name), role: Role(unchecked: self.role ?? "developer"),
            trustLevel: self.trust.flatMap(TrustLevel.init(rawValue:)) ?? .low,
            environment: EnvironmentName(unchecked: self.environment ?? "dev"),
            organisation: OrganisationID(unchecked: self.organisation ?? "default"), details: details)
        print("key      \(created.key.text)")
        print("key id   \(created.key.publicID)")
        print("caller   \(created.callerID)")
        print("The key is not shown again.")
    }
}
