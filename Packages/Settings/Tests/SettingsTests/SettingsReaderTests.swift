import Configuration
import Settings
import Testing

extension Setting<Int> {
    static let port = Setting.port("PORT", default: 8080, summary: "Port to listen on").flag("--port")
}

extension Setting<String> {
    static let secretKey = Setting.string("SECRET_KEY", summary: "Key that signs sessions").secret()
    static let host = Setting.string("HOST", default: "127.0.0.1", summary: "Address to listen on")
    static let readLimit = Setting(
        "RATE_LIMIT_READ_ENDPOINTS", kind: "limit", phrase: "a limit", allowed: "such as 10/minute", default: "100/minute",
        defaultText: "100/minute", summary: "Limit of reads"
    ) { $0.hasSuffix("/minute") ? $0 : nil }.lenient()
}

extension Setting<String?> {
    static let redis = Setting<String>.url("RATELIMITER_REDIS_URL", schemes: ["redis"], summary: "Redis").alias("REDIS_URL")
        .optional()
}

extension Setting<[String]> {
    static let proxies = Setting.list("TRUSTED_PROXIES", default: ["127.0.0.1", "::1"], summary: "Proxies")
}

let exampleCatalogue = SettingsCatalogue(
    [
        .init("Server", [Setting.port, Setting.host, Setting.proxies]),
        .init("Stores", [Setting.redis, Setting.secretKey, Setting.readLimit]),
    ],
    reserved: [ReservedSetting("EMBEDDING_DIMENSIONS"), ReservedSetting("CONSOLIDATION_*"), ReservedSetting("HOST*")]
)

@Suite("Settings reader")
struct SettingsReaderTests {
    @Test(
        "flags win over the environment, over the file, over defaults",
        arguments: [
            ("1", "2", "3", 1), (nil, "2", "3", 2), (nil, nil, "3", 3), (nil, nil, nil, 8080), ("", "", "3", 3),
            ("", "2", nil, 2),
        ] as [(String?, String?, String?, Int)])
    func precedence(_ flag: String?, _ environment: String?, _ file: String?, _ expected: Int) throws {
        func named(_ text: String?) -> [String: String] { text.map { ["PORT": $0] } ?? [:] }
        let reader = SettingsReader(
            catalogue: exampleCatalogue, flags: named(flag), environment: named(environment), environmentFile: named(file))
        #expect(try reader.value(of: .port) == expected)
    }

    @Test("a bad flag is an error, although the environment has a good value")
    func badFlag() {
        let reader = SettingsReader(catalogue: exampleCatalogue, flags: ["PORT": "x"], environment: ["PORT": "1"])
        #expect(throws: SettingsError.self) { try reader.value(of: .port) }
    }

    @Test("names are the same in lower case, and upper case wins")
    func letterCase() throws {
        let lower = SettingsReader(
            catalogue: exampleCatalogue, environment: ["port": "1", "rate_limit_read_endpoints": "7/minute"])
        #expect(try lower.value(of: .port) == 1)
        #expect(try lower.value(of: .readLimit) == "7/minute")
        let both = SettingsReader(catalogue: exampleCatalogue, environment: ["port": "1", "PORT": "2", "Port": "3"])
        #expect(try both.value(of: .port) == 2)
    }

    @Test("an empty variable is unset, except for a list")
    func emptyVariable() throws {
        let reader = SettingsReader(
            catalogue: exampleCatalogue, environment: ["HOST": "", "TRUSTED_PROXIES": "", "REDIS_URL": ""],
            environmentFile: ["TRUSTED_PROXIES": "10.0.0.1"])
        #expect(try reader.value(of: .host) == "127.0.0.1")
        #expect(try reader.value(of: .proxies) == [])
        #expect(try reader.value(of: .redis) == nil)
    }

    @Test("an alias is asked only when the name is set nowhere")
    func alias() throws {
        let alone = SettingsReader(catalogue: exampleCatalogue, environment: ["REDIS_URL": "redis://a"])
        #expect(try alone.value(of: .redis) == "redis://a")
        let both = SettingsReader(
            catalogue: exampleCatalogue, environment: ["REDIS_URL": "redis://a"],
            environmentFile: ["RATELIMITER_REDIS_URL": "redis://b"])
        #expect(try both.value(of: .redis) == "redis://b")
    }

    @Test("reports every bad value, each on one line, and no secret")
    func reportsAll() throws {
        let catalogue = SettingsCatalogue([
            .init(
                "All",
                [
                    Setting.port, Setting.redis, Setting.secretKey,
                    Setting.integer("LIMIT", in: 1...9, summary: "Limit").secret(), Setting.bool("DEBUG", summary: "Debug"),
                ])
        ])
        let reader = SettingsReader(
            catalogue: catalogue,
            environment: [
                "PORT": "a\nb", "LIMIT": "hidden", "REDIS_URL": "http://me:hidden@host/?password=hidden", "DEBUG": "off",
            ])
        let error = #expect(throws: SettingsError.self) { try reader.validate() }
        #expect(error?.code == .invalidValue)
        #expect(
            error?.description == """
                PORT: "a\\u{a}b" is not a port; allowed: 1 to 65535
                REDIS_URL: "http://me:***@host/?password=***" is not a URL of a known scheme; allowed: a URL that begins with redis:
                SECRET_KEY: is not set; allowed: any text
                LIMIT: "***" is not a whole number in range; allowed: 1 to 9
                """)
        #expect(SettingsError.exitCode == 78)
    }

    @Test("validates when all is well")
    func validates() throws {
        let reader = SettingsReader(catalogue: exampleCatalogue, environment: ["SECRET_KEY": "k"])
        try reader.validate()
        #expect(reader.warnings().isEmpty)
    }

    @Test("a lenient setting falls back to its default with a warning")
    func lenient() throws {
        let reader = SettingsReader(
            catalogue: exampleCatalogue, environment: ["SECRET_KEY": "k", "RATE_LIMIT_READ_ENDPOINTS": "many"])
        try reader.validate()
        #expect(try reader.value(of: .readLimit) == "100/minute")
        #expect(
            reader.warnings() == [
                "RATE_LIMIT_READ_ENDPOINTS: \"many\" is not a limit; allowed: such as 10/minute; using 100/minute"
            ])
    }

    @Test("settings that are not served yet are named in one warning")
    func reserved() {
        let reader = SettingsReader(
            catalogue: exampleCatalogue,
            environment: [
                "embedding_dimensions": "3", "CONSOLIDATION_DAYS": "1", "HOST": "h", "CONSOLIDATION_OFF": "", "OTHER": "x",
            ])
        #expect(reader.unservedNames() == ["CONSOLIDATION_DAYS", "EMBEDDING_DIMENSIONS"])
        #expect(reader.warnings() == ["not served yet and ignored: CONSOLIDATION_DAYS, EMBEDDING_DIMENSIONS"])
    }

    @Test("refuses what the catalogue does not list")
    func undeclared() {
        let reader = SettingsReader(catalogue: SettingsCatalogue([]))
        let read = #expect(throws: SettingsError.self) { try reader.value(of: .port) }
        #expect(read?.code == .undeclared)
        let flag = #expect(throws: SettingsError.self) {
            try SettingsReader.standard(
                catalogue: exampleCatalogue, flags: ["PROT": "1"], environment: [:], environmentFilePath: nil)
        }
        #expect(flag?.description == "PROT: is not listed in the catalogue of this program")
    }

    @Test("shows each setting with its origin, and no password")
    func effective() {
        let reader = SettingsReader(
            catalogue: exampleCatalogue, flags: ["PORT": "9"],
            environment: ["REDIS_URL": "redis://:hidden@cache:6379", "SECRET_KEY": "hidden"], environmentFile: ["HOST": "::1"])
        #expect(
            reader.renderEffective() == """
                PORT                       9                        flag
                HOST                       ::1                      .env
                TRUSTED_PROXIES            127.0.0.1,::1            default
                RATELIMITER_REDIS_URL      redis://:***@cache:6379  environment
                SECRET_KEY                 ***                      environment
                RATE_LIMIT_READ_ENDPOINTS  100/minute               default

                """)
        #expect(reader.effective().map(\.origin) == [.flag, .environmentFile, .default, .environment, .environment, .default])
    }

    @Test("a secret does not show when the reader is printed")
    func printing() {
        let reader = SettingsReader(catalogue: exampleCatalogue, environment: ["SECRET_KEY": "hidden", "HOST": "h"])
        #expect(!String(describing: reader).contains("hidden"))
        #expect(!String(reflecting: reader).contains("hidden"))
    }

    @Test("packages read the same values through a ConfigReader")
    func configReader() {
        let reader = SettingsReader(
            catalogue: exampleCatalogue, flags: ["PORT": "9"], environment: ["PORT": "1", "rate_limit_window": "60"],
            environmentFile: ["RATE_LIMIT_WINDOW": "", "HOST": "::1"])
        #expect(reader.configReader.int(forKey: "port") == 9)
        #expect(reader.configReader.string(forKey: "host") == "::1")
        #expect(reader.configReader.scoped(to: "rateLimit").int(forKey: "window") == 60)
    }
}

@Suite("Redaction")
struct RedactionTests {
    @Test(
        "masks passwords wherever they stand",
        arguments: [
            ("redis://user:pw@host:6379/0", "redis://user:***@host:6379/0"),
            ("redis://:pw@host", "redis://:***@host"),
            ("postgresql://u:p/w?#@x@h/d", "postgresql://u:***@h/d"),
            ("postgresql://h/d?user=u&password=pw&sslmode=require", "postgresql://h/d?user=u&password=***&sslmode=require"),
            ("host=h password=pw dbname=d", "host=h password=*** dbname=d"),
            ("user:pw@host", "user:***@host"),
            ("sqlite:var/x.sqlite", "sqlite:var/x.sqlite"),
            ("postgresql://u@h:5432/d", "postgresql://u@h:5432/d"),
            ("://", "://"), ("@", "@"), (":@", ":***@"),
            ("bell\u{7} and turn\u{202E}", "bell\\u{7} and turn\\u{202e}"),
        ])
    func masks(_ value: String, _ shown: String) {
        let reader = SettingsReader(catalogue: exampleCatalogue, environment: ["HOST": value])
        #expect(reader.effective().first { $0.name == "HOST" }?.shownValue == shown)
    }

    @Test("shortens what is too long")
    func shortens() {
        let reader = SettingsReader(catalogue: exampleCatalogue, environment: ["HOST": String(repeating: "é", count: 5_000)])
        #expect(reader.effective().first { $0.name == "HOST" }?.shownValue.count == 201)
    }
}
