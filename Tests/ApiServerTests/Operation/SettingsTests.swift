import Foundation
import ProgramTestSupport
import TestKit
import Testing

@Suite("Settings of the programs")
struct SettingsTests {
    struct BadSettings: Sendable, CustomTestStringConvertible {
        let settings: [String: String]
        /// The variables that are named, each on a line of its own.
        let named: [String]

        init(_ settings: [String: String], naming named: String...) {
            self.settings = settings
            self.named = named
        }

        var testDescription: String { self.named.joined(separator: ", ") }
    }

    private static let secret = "hunter" + "2"
    static let bad = [
        BadSettings(["PORT": "abc"], naming: "PORT"),
        BadSettings(["PORT": "65536"], naming: "PORT"),
        BadSettings(["LOG_LEVEL": "loud"], naming: "LOG_LEVEL"),
        BadSettings(["LOG_FORMAT": "xml"], naming: "LOG_FORMAT"),
        BadSettings(["TRUSTED_PROXIES": "10.0.0.0/33"], naming: "TRUSTED_PROXIES"),
        BadSettings(["TRUSTED_PROXIES": "127.0.0.1,proxy"], naming: "TRUSTED_PROXIES"),
        BadSettings(["CORS_ORIGINS": "localhost"], naming: "CORS_ORIGINS"),
        BadSettings(["DATABASE_URL": "mysql://u:\(Self.secret)@h/db"], naming: "DATABASE_URL"),
        BadSettings(["DATABASE_URL": "sqlite://host/file"], naming: "DATABASE_URL"),
        BadSettings(["DATABASE_URL": "postgresql://u:\(Self.secret)@localhost:1/db"], naming: "GATEHOUSE_SECRET_KEY"),
        BadSettings(["DATABASE_URL": "postgresql://u:\(Self.secret)@localhost:x/db"], naming: "DATABASE_URL"),
        BadSettings(["DATABASE_POOL_MAX": "0"], naming: "DATABASE_POOL_MAX"),
        BadSettings(["DATABASE_POOL_MAX": "3", "DATABASE_POOL_MIN": "4"], naming: "DATABASE_POOL_MIN"),
        BadSettings(["DATABASE_STATEMENT_TIMEOUT_SECONDS": "0"], naming: "DATABASE_STATEMENT_TIMEOUT_SECONDS"),
        BadSettings(["GATEHOUSE_SECRET_KEY": Self.secret], naming: "GATEHOUSE_SECRET_KEY"),
        BadSettings(["TLS_CERTIFICATE": "cert.pem"], naming: "TLS_PRIVATE_KEY"),
        BadSettings(["TLS_PRIVATE_KEY": "key.pem"], naming: "TLS_CERTIFICATE"),
        BadSettings(["TLS_CERTIFICATE": "none.pem", "TLS_PRIVATE_KEY": "none.pem"], naming: "TLS_CERTIFICATE, TLS_PRIVATE_KEY"),
        BadSettings(["API_KEY_HEADER_NAME": "X Key"], naming: "API_KEY_HEADER_NAME"),
        BadSettings(["API_KEY_HEADER_NAME": "Content-Length"], naming: "API_KEY_HEADER_NAME"),
        BadSettings(["METRICS_ENABLED": "perhaps"], naming: "METRICS_ENABLED"),
        BadSettings(["RATE_LIMIT_READ_PER_MINUTE": "0"], naming: "RATE_LIMIT_READ_PER_MINUTE"),
        BadSettings(["RATE_LIMIT_WRITE_PER_MINUTE": "20/minute"], naming: "RATE_LIMIT_WRITE_PER_MINUTE"),
        BadSettings(["SECRET_SCAN_MODE": "strict"], naming: "SECRET_SCAN_MODE"),
        BadSettings(["DRAIN_SECONDS": "-1"], naming: "DRAIN_SECONDS"),
        BadSettings(
            ["PORT": "x", "LOG_LEVEL": "x", "CORS_ORIGINS": "x", "GATEHOUSE_SECRET_KEY": Self.secret],
            naming: "PORT", "CORS_ORIGINS", "GATEHOUSE_SECRET_KEY", "LOG_LEVEL"),
    ]

    @Test("a bad value ends the server with 78 and one line that names the variable and what is allowed", arguments: bad)
    func badValue(_ example: BadSettings) async throws {
        try await withTemporaryDirectory { folder in
            let settings = ["PORT": "0"].merging(example.settings) { _, new in new }
            let result = try await Programs.apiServer(in: folder, settings: settings)
            let checked = try await Programs.apiServer("check-config", in: folder, settings: settings)
            #expect(result.termination == .exited(78))
            #expect(checked.termination == .exited(78))
            #expect(checked.standardError.text == result.standardError.text)
            let lines = result.standardError.lines
            #expect(lines.map { String($0.prefix { $0 != ":" }) } == example.named)
            #expect(lines.allSatisfy { $0.contains("allowed:") || $0.contains("rule") || $0.contains("usable") }, "\(lines)")
            #expect(!result.standardError.text.contains(Self.secret))
            #expect(result.standardOutput.bytes.isEmpty)
            #expect(!FileManager.default.fileExists(atPath: "\(folder)/var"), "nothing was made before the settings were read")
        }
    }

    @Test("a flag wins over the environment, that over .env, and that over the default")
    func precedence() async throws {
        try await withTemporaryDirectory { folder in
            try Self.write(
                "LOG_LEVEL=error\nDATABASE_URL=sqlite:a.sqlite\nLOG_FORMAT=json # machine\nHOST='::1'\n", to: "\(folder)/.env")
            let settings = ["LOG_LEVEL": "debug", "DATABASE_URL": "sqlite:b.sqlite"]
            let result = try await Programs.apiServer(
                "check-config", "--database-url", "sqlite:c.sqlite", in: folder, settings: settings)
            #expect(result.isSuccess, "\(result.standardError.text)")
            let rows = result.standardOutput.lines.map { $0.split(separator: " ").map(String.init) }
            #expect(rows.contains(["DATABASE_URL", "sqlite:c.sqlite", "flag"]))
            #expect(rows.contains(["LOG_LEVEL", "debug", "environment"]))
            #expect(rows.contains(["LOG_FORMAT", "json", ".env"]))
            #expect(rows.contains(["HOST", "::1", ".env"]))
            #expect(rows.contains(["PORT", "8080", "default"]))
        }
    }

    @Test("the server and the migrator honour .env")
    func environmentFile() async throws {
        try await withTemporaryDirectory { folder in
            try Self.write("DATABASE_URL=sqlite:mine.sqlite\nAPI_KEY_HEADER_NAME=X-Mine\n", to: "\(folder)/.env")
            #expect(try await Programs.migrator("upgrade", in: folder).isSuccess)
            #expect(FileManager.default.fileExists(atPath: "\(folder)/mine.sqlite"))
            try await withServer(in: folder) { server in
                let user = try await server.makeUser()
                let fields = ["X-Mine: \(user.key)"]
                #expect(try await server.client.send("GET", "/api/v1/keys/verify", fields: fields).status == 200)
            }
            #expect(!FileManager.default.fileExists(atPath: "\(folder)/var/gatehouse.sqlite"))
        }
    }

    @Test("a .env line that cannot be understood is named by its number, and not repeated")
    func badEnvironmentFile() async throws {
        try await withTemporaryDirectory { folder in
            try Self.write("PORT=0\nLOG_LEVEL \(Self.secret)\n", to: "\(folder)/.env")
            let result = try await Programs.apiServer(in: folder)
            #expect(result.termination == .exited(78))
            #expect(result.standardError.lines.count == 1)
            #expect(result.standardError.text.contains(".env line 2: "))
            #expect(!result.standardError.text.contains(Self.secret))
        }
    }

    @Test("settings that are not served yet are named in one warning, without their values")
    func reserved() async throws {
        let settings = ["API_KEY_PEPPER": Self.secret, "OPENAI_API_KEY": Self.secret, "LLM_PROVIDER": "m"]
        try await withServer(settings: settings) { server in
            let warnings = server.child.output(of: .standardError).lines.filter { $0.contains(" warning ") }
            #expect(warnings.count == 1)
            #expect(warnings.first?.contains("not served yet and ignored: API_KEY_PEPPER, LLM_PROVIDER, OPENAI_API_KEY") == true)
            #expect(!server.log.contains(Self.secret))
        }
    }

    @Test("check-config shows no secret, and ends with 78 when a value is bad")
    func checkConfig() async throws {
        try await withTemporaryDirectory { folder in
            let key = Data(repeating: 7, count: 32).base64EncodedString()
            for url in [
                "postgres://u:\(Self.secret)@h/db", "postgresql+asyncpg://u@h/db?password=\(Self.secret)&sslmode=require",
            ] {
                let settings = ["GATEHOUSE_SECRET_KEY": key, "DATABASE_URL": url]
                let result = try await Programs.apiServer("check-config", in: folder, settings: settings)
                #expect(result.isSuccess, "\(result.standardError.text)")
                #expect(!result.standardOutput.text.contains(key))
                #expect(!result.standardOutput.text.contains(Self.secret))
                #expect(result.standardOutput.text.contains("***"))
            }
            let bad = try await Programs.apiServer("check-config", in: folder, settings: ["GATEHOUSE_SECRET_KEY": Self.secret])
            #expect(bad.termination == .exited(78))
        }
    }

    @Test("--help lists every setting with its default, --version names the build")
    func help() async throws {
        try await withTemporaryDirectory { folder in
            let example = try await Programs.apiServer("check-config", "--example", in: folder).standardOutput.lines
            let names = example.compactMap { $0.wholeMatch(of: #/#?([A-Z_]+)=.*/#).map { String($0.1) } }
            #expect(names.count >= 20)
            let help = try await Programs.apiServer("--help", in: folder)
            #expect(help.isSuccess)
            for name in names { #expect(help.standardOutput.lines.contains { $0.hasPrefix("  \(name) ") }, "\(name)") }
            #expect(help.standardOutput.text.contains("sqlite:var/gatehouse.sqlite"))
            let migrator = try await Programs.migrator("--help", in: folder).standardOutput.text
            for name in ["DATABASE_URL", "LOG_LEVEL", "LOG_FORMAT"] { #expect(migrator.contains("  \(name) ")) }

            let version = try await Programs.apiServer("--version", in: folder).standardOutput.lines
            #expect(try await Programs.migrator("--version", in: folder).standardOutput.lines == version)
            try await withServer(in: folder) { server async throws in
                #expect([try await server.client.send("GET", "/health").string("version")] == version)
            }
        }
    }

    /// What a database that cannot be reached may show: its host, not the password for it.
    @Test(
        "no program shows the password of DATABASE_URL, whatever goes wrong",
        arguments: [
            "postgres://u:\(secret)@127.0.0.1:1/db", "postgres://u@127.0.0.1:1/db?password=\(secret)",
            "postgres://u:\(secret)@127.0.0.1:1/db?sslmode=\(secret)x", "postgres://u:\(secret)@127.0.0.1:1/db?nonsense=1",
            "postgres://u:\(secret)@127.0.0.1:99999/db", "postgres://u:\(secret)%zz@127.0.0.1:1/db",
        ])
    func passwords(_ url: String) async throws {
        try await withTemporaryDirectory { folder in
            let key = Data(repeating: 7, count: 32).base64EncodedString()
            let settings = ["DATABASE_URL": url, "GATEHOUSE_SECRET_KEY": key, "PORT": "0", "LOG_LEVEL": "trace"]
            for (program, arguments) in [
                (Programs.apiServer, ["serve"]), (Programs.apiServer, ["serve", "--migrate"]),
                (Programs.apiServer, ["keys", "list"]),
                (Programs.apiServer, ["--help"]), (Programs.apiServer, ["check-config"]), (Programs.migrator, ["check"]),
                (Programs.migrator, ["upgrade"]), (Programs.migrator, ["seed"]), (Programs.migrator, ["--help"]),
            ] {
                let result = try await runProcess(
                    program, arguments: arguments, environment: Programs.environment(settings), workingDirectory: folder)
                let text = result.standardError.text + result.standardOutput.text
                #expect(!text.contains("\(Self.secret)@") && !text.contains(":\(Self.secret)"), "\(arguments): \(text)")
                #expect(!text.contains("=\(Self.secret)&") && !text.contains("password=\(Self.secret)"), "\(arguments): \(text)")
                if arguments == ["serve"] || arguments == ["upgrade"] {
                    #expect(!result.isSuccess)
                    #expect(result.standardError.lines.count == 1, "\(text)")
                }
            }
        }
    }

    static func write(_ text: String, to path: String) throws {
        try Data(text.utf8).write(to: URL(filePath: path))
    }
}
