import Cryptography
import StrictJSON

/// Credentials as a row holds them, sealed for the owner of the row.
enum SealedCredentials {
    private static let purpose = KeyPurpose.credential

    /// Seals with the current secret.
    static func seal(
        _ credentials: CloudCredentials, for owner: [UInt8], by keyring: SecretKeyring
    ) throws(CryptographyError) -> [UInt8] {
        let value: JSONValue = [
            "access_key": .string(Self.text(credentials.accessKey)), "secret_key": .string(Self.text(credentials.secretKey)),
            "session_token": .string(orNull: credentials.sessionToken.map(Self.text)),
            "environment": .string(credentials.environment.rawValue),
        ]
        return try keyring.seal(value.compactBytes(), for: Self.purpose, context: Self.context(owner))
    }

    /// Opens what ``seal(_:for:by:)`` gave.
    ///
    /// - Throws: ``CredentialsError`` with code `unreadable` when the bytes were not sealed for this owner by a secret of the ring.
    static func open(_ sealed: [UInt8], of owner: [UInt8], by keyring: SecretKeyring) throws(CredentialsError) -> CloudCredentials
    {
        let bytes: [UInt8]
        do throws(CryptographyError) {
            bytes = try keyring.open(sealed, for: Self.purpose, context: Self.context(owner))
        } catch {
            throw CredentialsError(.unreadable, message: "the stored credentials cannot be opened", cause: error)
        }
        guard let value = try? JSONValue(parsing: bytes), let accessKey = value["access_key"]?.stringValue,
            let secretKey = value["secret_key"]?.stringValue,
            let environment = value["environment"]?.stringValue.flatMap({ CloudEnvironment(rawValue: $0) })
        else { throw CredentialsError(.unreadable, message: "the stored credentials have another form") }
        return CloudCredentials(
            accessKey: SecretBytes(accessKey.utf8), secretKey: SecretBytes(secretKey.utf8),
            sessionToken: value["session_token"]?.stringValue.map { SecretBytes($0.utf8) }, environment: environment)
    }

    /// Ties sealed bytes to the row of their owner, so that no other owner can be given them.
    private static func context(_ owner: [UInt8]) -> [UInt8] {
        Array("gatehouse/1/stored-credentials/".utf8) + owner
    }

    private static func text(_ secret: SecretBytes) -> String {
        secret.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
    }
}
