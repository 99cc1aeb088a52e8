import AppSupport
import ArgumentParser
import Auth
import Identity
import Persistence
import Settings

struct Keys: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys", abstract: "Make, list, rotate and revoke keys.",
        subcommands: [CreateKey.self, ListKeys.self, RotateKey.self, RevokeKey.self, NamePerson.self]
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

    /// Reads a key's id from the command line.
    ///
    /// - Throws: `ExitCode` 1 after a line on standard error.
    static func id(_ text: String) throws -> KeyID {
        guard let id = KeyID(text) else { throw ValidationError("\"\(text)\" is no key id") }
        return id
    }
}
