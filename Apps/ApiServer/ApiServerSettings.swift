import AppSupport
import Cryptography
import HTTPTypes
import Identity
import Outbound
import RateLimit
import SecretScanning
import Settings
import StalenessIndex
import StrictJSON
import TokenBudgets
import ToolGateway

/// The settings of `api-server`.
enum ApiServerSettings {
    static let host = Setting.string("HOST", default: "127.0.0.1", summary: "Address or name to listen on").flag("--host")
    static let port = Setting.port("PORT", in: 0...65_535, default: 8080, summary: "Port to listen on; 0 picks a free one").flag(
        "--port")
    static let tlsCertificate = Setting.path(
        "TLS_CERTIFICATE", summary: "PEM file with the certificate chain; unset serves plain HTTP"
    ).optional()
    static let tlsPrivateKey = Setting.path("TLS_PRIVATE_KEY", summary: "PEM file with the certificate's key").optional()
    static let trustedProxies = Setting<[String]>.list(
        "TRUSTED_PROXIES", allowed: "addresses and CIDR blocks parted by commas", default: ["127.0.0.1", "::1"],
        summary: "Peers whose X-Forwarded-For is believed"
    ) { (try? CIDRBlock(parsing: $0)) != nil }
    static let corsOrigins = Setting<[String]>.list(
        "CORS_ORIGINS", allowed: "origins such as http://localhost:3000 parted by commas, or *",
        default: ["http://localhost:3000"],
        summary: "Origins whose pages may read responses"
    ) { $0 == "*" || ($0.contains("://") && !$0.hasSuffix("/")) }
    static let secureCookies = Setting.bool(
        "COOKIE_SECURE", default: false,
        summary:
            "Whether cookies are for HTTPS alone, as behind a proxy that ends TLS; they always are where the server speaks TLS")
    static let requestDeadline = Setting<Duration>.duration(
        "REQUEST_TIMEOUT_SECONDS", in: 1...3_600, default: 30, summary: "How long a request may take")
    static let bodyTimeout = Setting<Duration>.duration(
        "BODY_TIMEOUT_SECONDS", in: 1...600, default: 10, summary: "How long a request body may stay silent")
    static let drainPause = Setting<Duration>.duration(
        "DRAIN_SECONDS", in: 0...300, default: 1,
        summary: "How long /readyz says draining before the server stops accepting")
    static let stopLimit = Setting<Duration>.duration(
        "STOP_TIMEOUT_SECONDS", in: 1...3_600, default: 30, summary: "How long requests in flight may take after a stop signal")

    static let databaseURL = CommonSettings.databaseURL.flag("--database-url")
    static let poolMaximum = Setting.integer(
        "DATABASE_POOL_MAX", in: 1...1_000, default: 10, summary: "Most connections to PostgreSQL")
    static let poolMinimum = Setting.integer(
        "DATABASE_POOL_MIN", in: 0...1_000, default: 1, summary: "Connections that stay open when nothing is to be done")
    static let poolTimeout = Setting<Duration>.duration(
        "DATABASE_POOL_TIMEOUT_SECONDS", in: 0...60, default: 5, summary: "How long a request waits for a free connection")
    static let connectTimeout = CommonSettings.databaseConnectTimeout
    static let statementTimeout = Setting<Duration>.duration(
        "DATABASE_STATEMENT_TIMEOUT_SECONDS", in: 1...600, default: 10,
        summary: "How long PostgreSQL may work on one statement of a request")
    static let secretKey = Setting<String>(
        "GATEHOUSE_SECRET_KEY", kind: "secret", phrase: "a server secret", allowed: "base64 of 32 bytes, older ones after commas",
        default: nil, defaultText: nil,
        summary: "Seals and signs; unset makes secret.key beside a SQLite file, PostgreSQL needs it"
    ) { (try? SecretKeyring(parsing: $0)) == nil ? nil : $0 }.optional().secret()

    static let keyHeader = Setting<String>(
        "API_KEY_HEADER_NAME", kind: "header", phrase: "a header name of its own",
        allowed: "letters, digits and hyphens, and no header that means something else", default: "X-API-Key",
        defaultText: "X-API-Key", summary: "Header that carries a key"
    ) { name in
        guard let field = HTTPField.Name(name), !Self.takenHeaders.contains(field) else { return nil }
        return name
    }

    /// Header fields that HTTP or the server's own stages read.
    private static let takenHeaders = Set(
        [
            "Accept", "Authorization", "Connection", "Content-Encoding", "Content-Length", "Content-Type", "Cookie", "Date",
            "Expect",
            "Host", "Idempotency-Key", "Origin", "TE", "Trailer", "Transfer-Encoding", "Upgrade", "User-Agent", "X-Forwarded-For",
            "X-Request-ID", "traceparent",
        ].compactMap { HTTPField.Name($0) })

    static let limitsEnabled = Setting.bool("RATE_LIMIT_ENABLED", default: true, summary: "Whether anything is limited")
    static let readLimit = Setting.integer(
        "RATE_LIMIT_READ_PER_MINUTE", in: 1...1_000_000, default: 60, summary: "Reads of a caller per minute")
    static let writeLimit = Setting.integer(
        "RATE_LIMIT_WRITE_PER_MINUTE", in: 1...1_000_000, default: 20, summary: "Writes of a caller per minute")
    static let keyCreationLimit = Self.limit(
        "RATE_LIMIT_KEY_CREATION", default: "60/minute", summary: "Keys made from one address")
    static let failedAuthenticationLimit = Self.limit(
        "RATE_LIMIT_FAILED_AUTH", default: "60/minute",
        summary: "Failed authentications, and log-ins of administrators, from one address")
    static let administrationLimit = Self.limit(
        "RATE_LIMIT_ADMIN", default: "300/minute",
        summary: "Requests of a caller to each of approvals (reading, deciding), audit and webhooks")
    static let queryLimit = Self.limit(
        "RATE_LIMIT_QUERY", default: "20/minute", summary: "Questions of a caller to the documents, plain and enhanced apart")
    static let uploadLimit = Self.limit("RATE_LIMIT_UPLOAD", default: "5/minute", summary: "Documents that a caller uploads")
    static let defaultLimit = Self.limit(
        "RATE_LIMIT_DEFAULT", default: "60/minute",
        summary: "Other requests of a caller to the documents, and to /api/v1/llm, each apart")
    static let limitMemory = Setting.integer(
        "RATE_LIMIT_MEMORY_MB", in: 1...8_192, default: 64, summary: "Memory for counters in MiB")

    static let redisURL = CommonSettings.redisURL(
        "REDIS_URL", summary: "Redis in which several servers share their limits; unset counts in this process"
    ).optional()
    static let redisCAFile = CommonSettings.redisCAFile

    static let secretScanMode = Setting<ScanMode>.choice(
        "SECRET_SCAN_MODE", default: .compatible,
        summary: "Which texts are refused for credentials: those that older clients know, or by certainty, so quoted digests pass"
    )

    static let validationThreshold = Setting.integer(
        "VALIDATION_THRESHOLD", in: 1...1_000, default: 2, summary: "Votes after which a trace with positive trust is validated")
    static let telemetryLimit = Self.limit(
        "RATE_LIMIT_TELEMETRY", default: "60/minute", summary: "Reports of a caller about its own use")
    static let packageIndexURL = Setting.url(
        "STALENESS_INDEX_URL", schemes: ["https", "http"],
        summary: "Index that is asked about every Python package a trace names; unset: nobody is asked"
    ).optional()
    static let packageIndexAPI = Setting<PackageIndexConfiguration.API>.choice(
        "STALENESS_INDEX_API", default: .simple,
        summary: "What the index speaks: simple below https://pypi.org/simple, json below https://pypi.org")
    static let packageIndexTimeout = Setting<Duration>.duration(
        "STALENESS_INDEX_TIMEOUT_SECONDS", in: 1...60, default: 10, summary: "How long a question to the index may take")
    static let recheckHours = Setting.integer(
        "STALENESS_RECHECK_HOURS", in: 1...8_760, default: 24, summary: "Hours until the age of a trace is checked again")
    static let checksPerMinute = Setting.integer(
        "STALENESS_CHECKS_PER_MINUTE", in: 1...100_000, default: 300, summary: "Traces that this server checks per minute at most"
    )

    static let auditFolder = Setting.path(
        "AUDIT_FOLDER",
        summary:
            "Where audit records wait while the database is away, with -2, -3 added for further servers; unset: audit beside the SQLite file"
    ).optional()
    static let auditSpoolMegabytes = Setting.integer(
        "AUDIT_SPOOL_MB", in: 1...1_048_576, default: 256, summary: "Most MiB of audit records that wait for the database")

    static let approvalLifetime = Setting<Duration>.duration(
        "APPROVAL_TOKEN_TTL_SECONDS", in: 1...2_592_000, default: 3_600, summary: "How long a person has to decide")
    static let approvalRetention = Setting.integer(
        "APPROVAL_RETENTION_DAYS", in: 0...36_500, default: 90,
        summary: "Days that decided approvals are kept; 0 keeps them for good")

    static let sessionLifetime = Setting<Duration>.duration(
        "ADMIN_SESSION_TTL_SECONDS", in: 60...2_592_000, default: 3_600, summary: "How long an admin stays signed in")
    static let adminKey = Setting<String>(
        "ADMIN_API_KEY", kind: "secret", phrase: "a key", allowed: "16 to 512 visible ASCII characters", default: nil,
        defaultText: nil, summary: "Key of X-Admin-Key for older dashboards; unset: no such key"
    ) { text in
        let isVisible = text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
        return (16...512).contains(text.utf8.count) && isVisible ? text : nil
    }.optional().secret()

    static let webhookDestinations = Setting<[String]>.list(
        "WEBHOOK_ALLOWED_DESTINATIONS", allowed: "host:port, address:port or CIDR:port parted by commas", default: [],
        summary: "Private destinations that webhooks may go to all the same"
    ) { (try? AllowedDestination(parsing: $0)) != nil }
    static let webhookPlainHTTP = Setting.bool(
        "WEBHOOK_ALLOW_HTTP", default: false, summary: "Whether webhooks may go to http URLs, too")
    static let webhookRetention = Setting.integer(
        "WEBHOOK_RETENTION_DAYS", in: 1...36_500, default: 30, summary: "Days that finished webhook deliveries are kept")

    static let idempotencyRetention = Setting.integer(
        "IDEMPOTENCY_RETENTION_HOURS", in: 1...8_760, default: 24,
        summary: "Hours that the answer to a write with an Idempotency-Key is kept for whoever repeats it")

    static let environment = Setting<ServerEnvironment>.choice(
        "ENVIRONMENT", default: .dev, summary: "Which policy file counts: {ENVIRONMENT}.yaml if there is one, else default.yaml")
    static let policyFolder = CommonSettings.policyFolder
    static let toolServers = Self.object(
        "MCP_SERVER_BASE_URLS", summary: "Tool servers: a JSON object from names to URLs, to which /tools/{tool} is added")
    static let toolSecrets = Self.object(
        "MCP_SERVER_SHARED_SECRETS",
        summary: "A JSON object from names of tool servers to the secrets that requests are signed with"
    ).secret()
    static let toolTimeout = Setting<Duration>.duration(
        "MCP_TOOL_TIMEOUT_SECONDS", in: 1...3_600, default: 30,
        summary: "How long a tool may take; never longer than two seconds less than the request")
    static let invokeLimit = Self.limit("RATE_LIMIT_INVOKE", default: "600/minute", summary: "Calls of tools by a caller")
    static let auditArgumentHash = Setting<ArgumentHash>.choice(
        "AUDIT_ARGUMENT_HASH", default: .sha256,
        summary: "Digest of arguments in audit events: as older tools expect it, or with a key, so that nobody can guess")

    static let modelURL = Setting.url(
        "LLM_BASE_URL", schemes: ["https", "http"],
        summary: "OpenAI-compatible endpoint, to which /chat/completions is added; unset: no language model is asked"
    ).optional()
    static let modelKey = Setting<String>(
        "LLM_API_KEY", kind: "secret", phrase: "a key", allowed: "1 to 4096 visible ASCII characters", default: nil,
        defaultText: nil, summary: "Key of the language model; unset sends none"
    ) { text in
        let isVisible = text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
        return (1...4_096).contains(text.utf8.count) && isVisible ? text : nil
    }.optional().secret()
    static let model = Self.modelName("LLM_MODEL", summary: "Language model that is asked; LLM_BASE_URL needs it")
    static let riskModel = Self.modelName(
        "RISK_CLASSIFIER_MODEL", summary: "Language model that is asked how risky a call is; unset: LLM_MODEL")
    static let modelTimeout = Setting<Duration>.duration(
        "LLM_TIMEOUT_SECONDS", in: 1...600, default: 10,
        summary:
            "How long the language model may take; about a call never longer than a third of the request, about a question two thirds, which a streamed answer always has"
    )
    static let modelRetries = Setting.integer(
        "LLM_MAX_RETRIES", in: 0...10, default: 2,
        summary: "How often the language model is asked again after a failure that costs nothing, within that time")

    static let dailyTokens = Setting.integer(
        "LLM_DAILY_TOKENS", in: TokenBudget.allowedDailyTokens,
        summary:
            "Tokens of language models that a caller may use in a day for questions and by reports to /api/v1/llm/usage; opinions on calls are not charged; unset: any number"
    ).optional()

    static let metricsEnabled = Setting.bool("METRICS_ENABLED", default: true, summary: "Whether GET /metrics is served")

    static let catalogue = SettingsCatalogue(
        [
            SettingsCatalogue.Section(
                "Server",
                [
                    Self.host, Self.port, Self.tlsCertificate, Self.tlsPrivateKey, Self.trustedProxies, Self.corsOrigins,
                    Self.secureCookies,
                    Self.requestDeadline, Self.bodyTimeout, Self.drainPause, Self.stopLimit, Self.metricsEnabled,
                    Self.idempotencyRetention,
                ]),
            SettingsCatalogue.Section(
                "Data",
                [
                    Self.databaseURL, Self.poolMaximum, Self.poolMinimum, Self.poolTimeout, Self.connectTimeout,
                    Self.statementTimeout, Self.secretKey,
                ]),
            SettingsCatalogue.Section("Keys", [Self.keyHeader]),
            SettingsCatalogue.Section(
                "Limits",
                [
                    Self.limitsEnabled, Self.readLimit, Self.writeLimit, Self.keyCreationLimit, Self.failedAuthenticationLimit,
                    Self.limitMemory, Self.administrationLimit, Self.queryLimit, Self.uploadLimit, Self.defaultLimit,
                    Self.redisURL, Self.redisCAFile,
                ]),
            SettingsCatalogue.Section(
                "Administration",
                [
                    Self.sessionLifetime, Self.adminKey, Self.approvalLifetime, Self.approvalRetention, Self.auditFolder,
                    Self.auditSpoolMegabytes, Self.webhookDestinations, Self.webhookPlainHTTP, Self.webhookRetention,
                ]),
            SettingsCatalogue.Section(
                "Tools",
                [
                    Self.environment, Self.policyFolder, Self.toolServers, Self.toolSecrets, Self.toolTimeout, Self.invokeLimit,
                    Self.auditArgumentHash,
                ]),
            ConsoleSettings.section, RetrievalSettings.section,
            SettingsCatalogue.Section(
                "Language model",
                [
                    Self.modelURL, Self.modelKey, Self.model, Self.riskModel, Self.modelTimeout, Self.modelRetries,
                    Self.dailyTokens,
                ]),
            SettingsCatalogue.Section(
                "Knowledge base",
                [
                    Self.secretScanMode, Self.validationThreshold, Self.telemetryLimit, Self.packageIndexURL,
                    Self.packageIndexAPI, Self.packageIndexTimeout, Self.recheckHours, Self.checksPerMinute,
                ]),
            CommonSettings.logging,
        ],
        reserved: [
            "APP_NAME", "DEBUG", "EMBEDDING_DIMENSIONS", "OPENAI_API_KEY",
            "API_KEY_PEPPER", "ADMIN_DASHBOARD_TOKEN", "CONSOLIDATION_*", "RETRIEVAL_*", "SAVINGS_PRICE_PER_MTOK",
            "SECRET_KEY", "ACCESS_TOKEN_EXPIRE_MINUTES", "REFRESH_TOKEN_EXPIRE_DAYS",
            "API_V1_PREFIX", "POLICY_FILE", "LLM_PROVIDER",
            "ANTHROPIC_API_KEY", "ARGUMENT_GUARD_MODEL", "OTEL_ENABLED", "OTEL_ENDPOINT",
        ].map { ReservedSetting($0) }
    )

    /// Reserved settings that `.env.example` lists, as newcomers from other systems look for them (CONTRACTS S3-24).
    static let shownReserved = ["ANTHROPIC_API_KEY", "OTEL_ENABLED"]

    /// The text of a JSON object, `{}` where nothing is given.
    private static func object(_ name: String, summary: String) -> Setting<String> {
        Setting<String>(
            name, kind: "JSON object", phrase: "a JSON object", allowed: #"such as {"files": "…"}, with each name once"#,
            default: "{}", defaultText: "{}", summary: summary
        ) { text in
            (try? JSONValue(parsing: text.utf8))?.objectValue == nil ? nil : text
        }
    }

    private static func modelName(_ name: String, summary: String) -> Setting<String?> {
        Setting<String>(
            name, kind: "name", phrase: "a model's name", allowed: "1 to 256 bytes without control characters", default: nil,
            defaultText: nil, summary: summary
        ) { text in
            (1...256).contains(text.utf8.count) && text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F } ? text : nil
        }.optional()
    }

    /// A limit string; one that cannot be read falls back to the default with a warning (CONTRACTS §4.6).
    private static func limit(_ name: String, default text: String, summary: String) -> Setting<[Quota]> {
        let parse: @Sendable (String) -> [Quota]? = { try? Quota.parse($0) }
        guard let builtIn = parse(text) else { preconditionFailure("\(text) is a limit") }
        return Setting<[Quota]>(
            name, kind: "limit", phrase: "a limit", allowed: "such as 20/minute or 10 per 5 minutes; 100/hour",
            default: builtIn, defaultText: text, summary: summary, parse: parse
        ).lenient()
    }
}
