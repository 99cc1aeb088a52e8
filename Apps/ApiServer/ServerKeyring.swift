import AppSupport
import ArgumentParser
import Cryptography
import Persistence
import Settings

/// The secrets that seal and sign.
enum ServerKeyring {
    /// The server's own secret: as set, else kept in a file beside the embedded database.
    ///
    /// - Parameter isMade: Whether a secret is made where there is none yet.
    /// - Throws: `ExitCode` after a line on standard error when there is none; `CryptographyError`.
    static func load(
        _ settings: SettingsReader, database: DatabaseURL, isMade: Bool = true
    ) throws -> SecretKeyring {
        if let text = try settings.value(of: ApiServerSettings.secretKey) { return try SecretKeyring(parsing: text) }
        switch database.location {
        case .sqliteFile(let path):
            let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
            if isMade { return try SecretKeyFile.loadOrCreate(path: folder + "secret.key") }
            if let ring = try SecretKeyFile.load(path: folder + "secret.key") { return ring }
            throw Program.fail(
                "GATEHOUSE_SECRET_KEY: is not set, and there is no \(folder)secret.key; allowed: the secret of the server that wrote it",
                code: SettingsError.exitCode)
        case .sqliteMemory:
            return SecretKeyring(current: try ServerSecret.random())
        case .postgres:
            throw Program.fail(ServerDatabase.missingSecret, code: SettingsError.exitCode)
        }
    }
}
