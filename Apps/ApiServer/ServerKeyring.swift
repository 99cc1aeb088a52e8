import AppSupport
import ArgumentParser
import Cryptography
import Persistence
import Settings

/// The secrets that seal and sign.
enum ServerKeyring {
    /// The server's own secret: as set, else kept in a file beside the embedded database.
    static func load(_ settings: SettingsReader, database: DatabaseURL) throws -> SecretKeyring {
        if let text = try settings.value(of: ApiServerSettings.secretKey) { return try SecretKeyring(parsing: text) }
        switch database.location {
        case .sqliteFile(let path):
            let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
            return try SecretKeyFile.loadOrCreate(path: folder + "secret.key")
        case .sqliteMemory:
            return SecretKeyring(current: try ServerSecret.random())
        case .postgres:
            throw Program.fail(ServerDatabase.missingSecret, code: SettingsError.exitCode)
        }
    }
}
