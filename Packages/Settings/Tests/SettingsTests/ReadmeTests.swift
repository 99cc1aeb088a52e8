import Settings
import Testing

enum ServerSettings {
    static let host = Setting.string("HOST", default: "127.0.0.1", summary: "Address to listen on").flag("--host")
    static let port = Setting.port("PORT", default: 8080, summary: "Port to listen on").flag("--port")
    static let redis = Setting.url("REDIS_URL", schemes: ["redis", "rediss"], summary: "Shared store of limits").optional()
    static let token = Setting.string("ADMIN_TOKEN", summary: "Token of the operators").secret()

    static let catalogue = SettingsCatalogue(
        [.init("Server", [Self.host, Self.port, Self.redis, Self.token])],
        reserved: [ReservedSetting("EMBEDDING_DIMENSIONS"), ReservedSetting("CONSOLIDATION_*")]
    )
}

@Suite("README")
struct ReadmeTests {
    private func start(portFlag: String?, environment: [String: String]) throws -> Int {
        let settings = try SettingsReader.standard(
            catalogue: ServerSettings.catalogue, flags: ["PORT": portFlag], environment: environment, environmentFilePath: nil)
        try settings.validate()
        return try settings.value(of: ServerSettings.port)
    }

    @Test("the example does what it says")
    func example() throws {
        #expect(try self.start(portFlag: "9", environment: ["ADMIN_TOKEN": "x"]) == 9)
        #expect(try self.start(portFlag: nil, environment: ["ADMIN_TOKEN": "x"]) == 8080)
        let error = #expect(throws: SettingsError.self) { try self.start(portFlag: "abc", environment: [:]) }
        #expect(
            error?.description == """
                PORT: "abc" is not a port; allowed: 1 to 65535
                ADMIN_TOKEN: is not set; allowed: any text
                """)
    }
}
