public import Cryptography

/// Which part of the cloud credentials are for.
public enum CloudEnvironment: String, Sendable, Hashable, CaseIterable {
    /// The commercial regions.
    case commercial = "com"
    /// The regions of the United States government.
    case government = "gov"
}

/// The access keys of a cloud account, as somebody deposits them.
///
/// Descriptions show no part of them.
public struct CloudCredentials: Sendable, Equatable {
    /// The id of the access key; 16 characters or more.
    public let accessKey: SecretBytes
    /// The secret of the access key; 16 characters or more.
    public let secretKey: SecretBytes
    /// What goes with keys that were lent for a time; nil for others.
    public let sessionToken: SecretBytes?
    /// Which part of the cloud they are for.
    public let environment: CloudEnvironment

    /// Takes credentials that somebody brought.
    ///
    /// - Parameters:
    ///   - accessKey: The id of the access key.
    ///   - secretKey: Its secret.
    ///   - sessionToken: What goes with keys that were lent for a time.
    ///   - environment: `com` or `gov`.
    /// - Throws: ``CredentialsError`` with code `invalidCredentials`, whose message names the rule and repeats nothing.
    public init(accessKey: String, secretKey: String, sessionToken: String?, environment: String) throws(CredentialsError) {
        for (name, key) in [("access_key", accessKey), ("secret_key", secretKey)]
        where key.unicodeScalars.count < Self.leastLength {
            throw CredentialsError(.invalidCredentials, message: "\(name) must have at least \(Self.leastLength) characters")
        }
        guard let known = CloudEnvironment.allCases.first(where: { $0.rawValue.utf8.elementsEqual(environment.utf8) }) else {
            throw CredentialsError(.invalidCredentials, message: "environment must be 'com' or 'gov'")
        }
        self.accessKey = SecretBytes(accessKey.utf8)
        self.secretKey = SecretBytes(secretKey.utf8)
        self.sessionToken = sessionToken.map { SecretBytes($0.utf8) }
        self.environment = known
    }

    init(accessKey: SecretBytes, secretKey: SecretBytes, sessionToken: SecretBytes?, environment: CloudEnvironment) {
        self.accessKey = accessKey
        self.secretKey = secretKey
        self.sessionToken = sessionToken
        self.environment = environment
    }

    /// Fewest characters of either key (CONTRACTS §1.2), counted as Unicode scalars.
    static let leastLength = 16
}
