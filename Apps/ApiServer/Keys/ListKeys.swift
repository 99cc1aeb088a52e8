import AppSupport
import ArgumentParser
import Auth
import Identity
import Persistence

struct ListKeys: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Show keys, newest first; never the keys themselves.")

    @Option(name: .long, help: "Only the keys of this user.")
    var user: String?
    @Option(name: .long, help: "Only the keys of this gateway caller.")
    var caller: String?
    @OptionGroup var database: DatabaseOptions

    func validate() throws {
        if self.user != nil, self.caller != nil { throw ValidationError("--user and --caller: give one of them") }
    }

    func run() async throws {
        try await Keys.withStore(self.database) { store in
            for key in try await store.keys(of: self.user ?? self.caller) {
                var facts = ["\(key.id)", key.ownerKind.rawValue, key.ownerID, "created \(key.createdAt.rfc3339)"]
                if let label = key.label { facts.append("label \(label.debugDescription)") }
                if let person = key.person { facts.append("person \(person.debugDescription)") }
                if let expiresAt = key.expiresAt { facts.append("expires \(expiresAt.rfc3339)") }
                if let lastUsedAt = key.lastUsedAt { facts.append("used \(lastUsedAt.rfc3339)") }
                if let revokedAt = key.revokedAt { facts.append("revoked \(revokedAt.rfc3339)") }
                if let replacedBy = key.replacedBy { facts.append("replaced by \(replacedBy)") }
                print(facts.joined(separator: "  "))
            }
        }
    }
}
