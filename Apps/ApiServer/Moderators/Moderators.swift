import AppSupport
import ArgumentParser
import Auth
import Persistence

struct Moderators: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "moderators", abstract: "Say who may hide and remove entries of the knowledge base.",
        subcommands: [AddModerator.self, RemoveModerator.self, ListModerators.self]
    )
}

struct AddModerator: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "add", abstract: "Make a user a moderator.")

    @Argument(help: "The user's id, as keys list shows it.")
    var userID: String
    @OptionGroup var database: DatabaseOptions

    func run() async throws {
        try await Keys.withStore(self.database) { store in
            try await store.setModerator(true, user: self.userID)
            print("\(self.userID) moderates")
        }
    }
}

struct RemoveModerator: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "remove", abstract: "Let a user moderate no more.")

    @Argument(help: "The user's id.")
    var userID: String
    @OptionGroup var database: DatabaseOptions

    func run() async throws {
        try await Keys.withStore(self.database) { store in
            try await store.setModerator(false, user: self.userID)
            print("\(self.userID) does not moderate")
        }
    }
}

struct ListModerators: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "Show the users who moderate.")

    @OptionGroup var database: DatabaseOptions

    func run() async throws {
        try await Keys.withStore(self.database) { store in
            for moderator in try await store.moderators() {
                var facts = [moderator.userID, "since \(moderator.createdAt.rfc3339)"]
                if let name = moderator.displayName { facts.append("name \(name.debugDescription)") }
                print(facts.joined(separator: "  "))
            }
        }
    }
}
