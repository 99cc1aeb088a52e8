import AppSupport
import ArgumentParser
import Auth
import Identity
import Persistence
import Settings

struct Keys: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys", abstract: "Make, list and revoke keys.",
        subcommands: [CreateKey.self, ListKeys.self, RevokeKey.self]
    )

    /// Opens the database, which must be at the newest schema, lends the key store, and closes.
    ///
    /// - Throws: `ExitCode` after a line on standard error that says what went wrong.
    static func withStore(_ options: DatabaseOptions, _ body: (KeyStore) async throws -> Void) async throws {
        let settings = try Program.begin(ApiServerSettings.catalogue, flags: options.flags)
        let database = ServerDatabase(url: try ServerDatabase.url(settings), settings: settings, program: "keys")
        try await database.translatingErrors {
            let opened = try await database.open(migrates: false) { _ in }
            do {
                try await body(KeyStore(database: opened))
            } catch {
                await opened.close()
                throw error
            }
            await opened.close()
        }
    }
}

struct CreateKey: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Make a key and print it, this once; without --user for a new user.")

    @Option(name: .long, help: "The id of a user who gets a further key.")
    var user: String?
    @Option(name: .long, help: "The new user's e-mail address.")
    var email: String?
    @Option(name: .long, help: "The new user's name.")
    var displayName: String?
    @Option(name: .long, help: "What the key is called in lists.")
    var label: String?
    @Option(name: .long, help: "The human behind the key.")
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
    }

    func run() async throws {
        let expiresAt = self.expiresInDays.map { Timestamp.now().advanced(by: .seconds($0 * 86_400)) }
        let details = KeyDetails(label: self.label, person: self.person, expiresAt: expiresAt)
        try await Keys.withStore(self.database) { store in
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
}

struct ListKeys: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Show keys, newest first; never the keys themselves.")

    @Option(name: .long, help: "The id of a user.")
    var user: String?
    @OptionGroup var database: DatabaseOptions

    func run() async throws {
        try await Keys.withStore(self.database) { store in
            for key in try await store.keys(of: self.user) {
                var facts = ["\(key.id)", key.ownerKind.rawValue, key.ownerID, "created \(key.createdAt.rfc3339)"]
                if let label = key.label { facts.append("label \(label.debugDescription)") }
                if let expiresAt = key.expiresAt { facts.append("expires \(expiresAt.rfc3339)") }
                if let lastUsedAt = key.lastUsedAt { facts.append("used \(lastUsedAt.rfc3339)") }
                if let revokedAt = key.revokedAt { facts.append("revoked \(revokedAt.rfc3339)") }
                print(facts.joined(separator: "  "))
            }
        }
    }
}

struct RevokeKey: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke", abstract: "End a key for good; running servers refuse it within a second.")

    @Argument(help: "The key's id, as list shows it.")
    var keyID: String
    @OptionGroup var database: DatabaseOptions

    func run() async throws {
        guard let id = KeyID(self.keyID) else { throw ValidationError("\"\(self.keyID)\" is no key id") }
        try await Keys.withStore(self.database) { store in
            try await store.revoke(id)
            print("revoked \(id)")
        }
    }
}
