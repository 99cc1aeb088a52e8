import AppSupport
import ArgumentParser
import Auth
import Identity
import Persistence

struct RotateKey: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate", abstract: "Put a new key in the place of one, and print it, this once.",
        discussion: "The new key has the owner, label, person and scopes of the old one. Older tools honour the new one at once.")

    @Argument(help: "The key's id, as list shows it.")
    var keyID: String
    @Option(name: .long, help: "Seconds for which the old key stays valid, 0 to 31536000; 0 for a key that has leaked.")
    var overlapSeconds = 86_400
    @OptionGroup var database: DatabaseOptions

    func validate() throws {
        guard (0...31_536_000).contains(self.overlapSeconds) else {
            throw ValidationError("--overlap-seconds: \(self.overlapSeconds) is out of range; allowed: 0 to 31536000")
        }
    }

    func run() async throws {
        let id = try Keys.id(self.keyID)
        try await Keys.withStore(self.database) { store in
            let rotation = try await store.rotate(id, overlap: .seconds(self.overlapSeconds))
            print("key      \(rotation.key.text)")
            print("key id   \(rotation.key.publicID)")
            print("\(id) is valid until \(rotation.endOfOld.rfc3339)")
            if let end = rotation.endOfNew { print("\(rotation.key.publicID) is valid until \(end.rfc3339)") }
            print("The key is not shown again.")
        }
    }
}
