import AppSupport
import ArgumentParser
import Auth
import Identity

struct RevokeKey: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke", abstract: "End a key for good; running servers refuse it within a second.",
        discussion: "--caller ends a gateway caller with all its keys, those included that other tools made.")

    @Argument(help: "The key's id, as list shows it.")
    var keyID: String?
    @Option(name: .long, help: "The name of a gateway caller.")
    var caller: String?
    @OptionGroup var database: DatabaseOptions

    func validate() throws {
        guard (self.keyID == nil) != (self.caller == nil) else {
            throw ValidationError("name a key's id, or a gateway caller with --caller")
        }
    }

    func run() async throws {
        if let caller = self.caller {
            return try await Keys.withStore(self.database) { store in
                try await store.deactivateGatewayCaller(CallerID(unchecked: caller))
                print("ended \(caller)")
            }
        }
        let id = try Keys.id(self.keyID ?? "")
        try await Keys.withStore(self.database) { store in
            try await store.revoke(id)
            print("revoked \(id)")
        }
    }
}
