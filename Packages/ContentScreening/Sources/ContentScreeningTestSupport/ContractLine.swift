import SecretScanning
public import Testing

/// A line of CONTRACTS §4.4, or of the table of the older system's behaviour, and what has to become of it.
///
/// Lines are written as templates and filled when a test runs, so that no look-alike stands in the source.
public struct ContractLine: Sendable, CustomTestStringConvertible {
    /// The line as a template.
    public let template: String
    /// The type that is told; `nil` for what must pass.
    public let type: String?

    private init(_ template: String, _ type: String? = nil) {
        self.template = template
        self.type = type
    }

    /// The line; the same seed gives the same text.
    public func text(seed: UInt64 = 1) -> String { ExampleTemplate(self.template).text(seed: seed) }

    /// The template.
    public var testDescription: String { self.template }

    /// What the older system refuses, and what is refused beyond that for its prefix or its checksum.
    public static let flagged = [
        ContractLine("the id AKIA⟨u16⟩ leaked", "AWS Access Key"),
        ContractLine("password = \"hunt⟨⟩er2\"", "Secret Keyword"),
        ContractLine("secret = \"change⟨⟩me\"", "Secret Keyword"),
        ContractLine("DB_PASSWORD=\"s3cr⟨⟩3t!\"", "Secret Keyword"),
        ContractLine("secretKey = \"sk-⟨a20⟩\"", "Secret Keyword"),
        ContractLine("{\"password\":\"hunt⟨⟩er22\"}", "Secret Keyword"),
        ContractLine("{\\\"password\\\": \\\"hunt⟨⟩er22\\\"}", "Secret Keyword"),
        ContractLine("os.environ[\"DB_PASSWORD\"] == \"x1\"", "Secret Keyword"),
        ContractLine("contraseña = \"hunt⟨⟩er2\"", "Secret Keyword"),
        ContractLine("api_key = \"hunt⟨⟩er2\"", "Secret Keyword"),
        ContractLine("db_pass: 'hunt⟨⟩er2'", "Secret Keyword"),
        ContractLine("password = \"hunt⟨⟩er2\"  # pragma: allowlist secret", "Secret Keyword"),
        ContractLine("-----BEGIN RSA PRIVATE⟨⟩ KEY-----", "Private Key"),
        ContractLine("-----BEGIN EC PRIVATE⟨⟩ KEY-----", "Private Key"),
        ContractLine("-----BEGIN OPENSSH PRIVATE⟨⟩ KEY-----", "Private Key"),
        ContractLine("BEGIN PRIVATE⟨⟩ KEY in prose", "Private Key"),
        ContractLine("git clone https://user:pw@host/x.git", "Basic Auth Credentials"),
        ContractLine("the token ⟨jwt⟩", "JSON Web Token"),
        ContractLine("ghp_⟨a36⟩", "GitHub Token"),
        ContractLine("glpat-⟨a20⟩", "GitLab Token"),
        ContractLine("xox⟨⟩b-⟨d12⟩-⟨d12⟩-⟨n24⟩", "Slack Token"),
        ContractLine("sk_live⟨⟩_⟨a24⟩", "Stripe Access Key"),
        ContractLine("sk-⟨a20⟩T3⟨⟩BlbkFJ⟨a20⟩", "OpenAI Token"),
        ContractLine("SG.⟨t22⟩.⟨t43⟩", "SendGrid API Key"),
        ContractLine("SK⟨h32⟩", "Twilio API Key"),
        ContractLine("sha = \"⟨h32⟩\"", "Hex High Entropy String"),
        ContractLine("sha = '⟨h40⟩'", "Hex High Entropy String"),
        ContractLine("sha: \"⟨h64⟩\"", "Hex High Entropy String"),
        ContractLine("x = \"⟨b64⟩\"", "Base64 High Entropy String"),
        // Beyond the older system.
        ContractLine("AIza⟨t35⟩", "Google API Key"),
        ContractLine("npm_⟨crc36⟩", "npm Access Token"),
        ContractLine("github_pat_⟨a22⟩_⟨a59⟩", "GitHub Fine-Grained Token"),
        ContractLine("sk-ant-api03-⟨t93⟩AA", "Anthropic API Key"),
    ]

    /// What the older system lets pass.
    public static let passed = [
        "Rotate your tokens and keep the password in a vault; never commit a secret key.",
        "password=hunter2", "password: hunter2", "x = os.environ[\"X\"]", "os.environ[\"DB_PASSWORD\"]",
        "password = \"<your-password>\"", "password = \"${VAR}\"", "\"⟨h8⟩-⟨h4⟩-⟨h4⟩-⟨h4⟩-⟨h12⟩\"", "sha256 ⟨h64⟩",
        "md5: ⟨h32⟩", "mail anna@corp.de", "SSN 219-09⟨⟩-9998", "ping 8.8.8.8", "Authorization: Bearer abcdef123456",
        "postgres://u:p@h/db", "card 4111 1111 1111 ⟨⟩1111",
    ].map { ContractLine($0) }
}
