import SecretScanning
import Testing

@Suite("Verdicts of the contract")
struct ContractTests {
    static let scanner = Scanner(configuration: ScannerConfiguration(mode: .compatible))

    /// The lines of CONTRACTS §4.4, and of the table of the older system's behaviour.
    static let flagged: [(String, String)] = [
        ("AKIA" + "IOSFODNN7EXAMPLE", "AWS Access Key"),
        ("password = \"hunt⟨⟩er2\"", "Secret Keyword"),
        ("secret = \"change⟨⟩me\"", "Secret Keyword"),
        ("DB_PASSWORD=\"s3cr⟨⟩3t!\"", "Secret Keyword"),
        ("secretKey = \"sk-⟨a20⟩\"", "Secret Keyword"),
        ("{\"password\":\"hunt⟨⟩er22\"}", "Secret Keyword"),
        ("os.environ[\"DB_PASSWORD\"] == \"x1\"", "Secret Keyword"),
        ("{\\\"password\\\": \\\"hunt⟨⟩er22\\\"}", "Secret Keyword"),
        ("-----BEGIN RSA PRIVATE⟨⟩ KEY-----", "Private Key"),
        ("-----BEGIN EC PRIVATE⟨⟩ KEY-----", "Private Key"),
        ("-----BEGIN OPENSSH PRIVATE⟨⟩ KEY-----", "Private Key"),
        ("BEGIN PRIVATE⟨⟩ KEY in prose", "Private Key"),
        ("git clone https://user:pw@host/x.git", "Basic Auth Credentials"),
        ("⟨jwt⟩", "JSON Web Token"),
        ("ghp_⟨a36⟩", "GitHub Token"),
        ("glpat-⟨a20⟩", "GitLab Token"),
        ("xox⟨⟩b-⟨d12⟩-⟨d12⟩-⟨n24⟩", "Slack Token"),
        ("sk_live⟨⟩_⟨a24⟩", "Stripe Access Key"),
        ("sk-⟨a20⟩T3⟨⟩BlbkFJ⟨a20⟩", "OpenAI Token"),
        ("SG.⟨t22⟩.⟨t43⟩", "SendGrid API Key"),
        ("SK⟨h32⟩", "Twilio API Key"),
        ("sha = \"⟨h32⟩\"", "Hex High Entropy String"),
        ("sha = '⟨h40⟩'", "Hex High Entropy String"),
        ("sha: \"⟨h64⟩\"", "Hex High Entropy String"),
        ("x = \"⟨b64⟩\"", "Base64 High Entropy String"),
        // Beyond the older system, by its prefix or its checksum.
        ("AIza⟨t35⟩", "Google API Key"), ("npm_⟨crc36⟩", "npm Access Token"),
        ("github_pat_⟨a22⟩_⟨a59⟩", "GitHub Fine-Grained Token"), ("sk-ant-api03-⟨t93⟩AA", "Anthropic API Key"),
        ("password = \"hunt⟨⟩er2\"  # pragma: allowlist secret", "Secret Keyword"),
    ]

    static let passed = [
        "Rotate your tokens and keep the password in a vault; never commit a secret key.",
        "password=hunter2", "password: hunter2", "x = os.environ[\"X\"]", "os.environ[\"DB_PASSWORD\"]",
        "password = \"<your-password>\"", "password = \"${VAR}\"", "\"⟨h8⟩-⟨h4⟩-⟨h4⟩-⟨h4⟩-⟨h12⟩\"", "sha256 ⟨h64⟩",
        "md5: ⟨h32⟩", "mail anna@corp.de", "SSN 219-09⟨⟩-9998", "ping 8.8.8.8", "Authorization: Bearer abcdef123456",
        "postgres://u:p@h/db", "card 4111 1111 1111 ⟨⟩1111",
    ]

    @Test("flags what the older system flags, under its names", arguments: Self.flagged)
    func flags(_ template: String, _ type: String) {
        for seed in UInt64(1)...20 {
            let text = ExampleTemplate(template).text(seed: seed)
            guard case .reject(let types) = Self.scanner.verdict(on: Self.scanner.scan(text)) else {
                Issue.record("accepted: \(template) with seed \(seed)")
                continue
            }
            #expect(types.contains(type), "\(template) with seed \(seed)")
            #expect(types == Set(types).sorted())
        }
    }

    @Test("passes what the older system passes", arguments: Self.passed)
    func passes(_ template: String) {
        for seed in UInt64(1)...20 {
            let text = ExampleTemplate(template).text(seed: seed)
            #expect(Self.scanner.verdict(on: Self.scanner.scan(text)) == .accept, "\(template) with seed \(seed)")
        }
    }
}
