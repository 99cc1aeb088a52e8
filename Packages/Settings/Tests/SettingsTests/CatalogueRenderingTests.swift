import Settings
import Testing

@Suite("Rendering of a catalogue")
struct CatalogueRenderingTests {
    @Test("help names each setting with its default, then says what it means")
    func help() {
        #expect(
            exampleCatalogue.renderHelp() == """
                Server:
                  PORT (8080; --port)
                      Port to listen on; 1 to 65535
                  HOST (127.0.0.1)
                      Address to listen on; any text
                  TRUSTED_PROXIES (127.0.0.1,::1)
                      Proxies; values parted by commas

                Stores:
                  RATELIMITER_REDIS_URL (unset; or REDIS_URL)
                      Redis; a URL that begins with redis:
                  SECRET_KEY (required)
                      Key that signs sessions; any text
                  RATE_LIMIT_READ_ENDPOINTS (100/minute)
                      Limit of reads; such as 10/minute

                """)
    }

    @Test("help fits a terminal of 80 columns")
    func helpWidth() {
        let long = Setting.string("A", summary: String(repeating: "word ", count: 60))
        let lines = SettingsCatalogue([.init("Test", [long])]).renderHelp().split(separator: "\n")
        #expect(lines.count > 4)
        #expect(lines.allSatisfy { $0.count <= 76 })
    }

    @Test("Markdown is a table for each section")
    func markdown() {
        let catalogue = SettingsCatalogue([
            .init(
                "Test",
                [Setting.port, Setting.secretKey, Setting.redis, Setting.choice("A", of: ["x|y"], default: "x|y", summary: "S")])
        ])
        #expect(
            catalogue.renderMarkdown() == """
                ### Test

                | setting | default | allowed | meaning |
                | --- | --- | --- | --- |
                | `PORT`, `--port` | `8080` | 1 to 65535 | Port to listen on |
                | `SECRET_KEY` | required | any text | Key that signs sessions (secret) |
                | `RATELIMITER_REDIS_URL` or `REDIS_URL` | unset | a URL that begins with redis: | Redis |
                | `A` | `x\\|y` | x\\|y | S |

                """)
    }

    @Test("the example file has every default behind a #, and what is required to be filled in")
    func environmentExample() {
        let catalogue = SettingsCatalogue([.init("Test", [Setting.port, Setting.secretKey])])
        #expect(
            catalogue.renderEnvironmentExample() == """
                ## Test

                # Port to listen on; allowed: 1 to 65535
                #PORT=8080

                # Key that signs sessions; allowed: any text
                SECRET_KEY=

                """)
    }

    @Test(
        "the example file without its # is read as the defaults",
        arguments: ["plain", "a b", "#x", "it's", "\"q\"", "\\n", "a\nb\tc", "$x", "é"])
    func exampleReadsBack(_ value: String) throws {
        let setting = Setting.string("NAME", default: value, summary: "Name")
        let catalogue = SettingsCatalogue([.init("Test", [setting, Setting.port])])
        let lines = catalogue.renderEnvironmentExample().split(separator: "\n").map { line in
            line.hasPrefix("#") && !line.hasPrefix("# ") && !line.hasPrefix("##") ? line.dropFirst() : line
        }
        try withFile(Array(lines.joined(separator: "\n").utf8)) { path in
            let effective = try makeReader(file: path, catalogue: catalogue)
            #expect(try effective.value(of: setting) == value)
            #expect(effective.effective().map(\.origin) == [.environmentFile, .environmentFile])
        }
    }
}
