import AppSupport
import ArgumentParser
import Auth
import Identity

struct NamePerson: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "person", abstract: "Name the human behind a key, whom four-eyes rules compare.")

    @Argument(help: "The key's id, as list shows it.")
    var keyID: String
    @Argument(help: "The human, such as an e-mail address; left out for nobody.")
    var person: String?
    @OptionGroup var database: DatabaseOptions

    func run() async throws {
        let id = try Keys.id(self.keyID)
        try await Keys.withStore(self.database) { store in
            try await store.setPerson(self.person, of: id)
            print(self.person.map { "\(id) is the key of \($0.debugDescription)" } ?? "\(id) is nobody's key")
        }
    }
}
