import Settings
import Testing

private enum Format: String, CaseIterable {
    case text, json
}

/// Reads one setting whose variable holds `text`.
private func read<Value>(_ setting: Setting<Value>, _ text: String) throws(SettingsError) -> Value {
    let catalogue = SettingsCatalogue([.init("Test", [setting])])
    return try SettingsReader(catalogue: catalogue, environment: [setting.description.name: text]).value(of: setting)
}

@Suite("Kinds of settings")
struct SettingKindTests {
    @Test("a port is a whole number that a socket takes", arguments: [("1", 1), ("65535", 65_535), (" 8080 ", 8080)])
    func readsPort(_ text: String, _ port: Int) throws {
        #expect(try read(Setting.port("PORT", summary: "Port"), text) == port)
    }

    @Test(
        "says which port was read and what is allowed",
        arguments: ["abc", "0", "65536", "8080x", "-1", "1e3", "99999999999999999999"])
    func refusesPort(_ text: String) {
        let error = #expect(throws: SettingsError.self) { try read(Setting.port("PORT", summary: "Port"), text) }
        #expect(error?.description == "PORT: \"\(text)\" is not a port; allowed: 1 to 65535")
    }

    @Test(
        "an integer keeps to its range",
        arguments: [("5", 5), ("10", 10), ("4", nil), ("11", nil), ("5.0", nil), ("٥", nil)] as [(String, Int?)])
    func integer(_ text: String, _ value: Int?) {
        #expect((try? read(Setting.integer("N", in: 5...10, summary: "Number"), text)) == value)
    }

    @Test(
        "a decimal number has no exponent and no name",
        arguments: [
            ("5", 5), ("5.25", 5.25), (".5", 0.5), ("-1", nil), ("11", nil), ("nan", nil), ("inf", nil), ("0x1p1", nil),
            ("1e0", nil),
            ("1,5", nil), ("-", nil), (".", nil),
        ] as [(String, Double?)])
    func decimal(_ text: String, _ value: Double?) {
        #expect((try? read(Setting.decimal("X", in: 0...10, summary: "Number"), text)) == value)
    }

    @Test(
        "a switch has eight spellings",
        arguments: [
            ("true", true), ("TRUE", true), ("1", true), ("yes", true), ("on", true), ("false", false), ("0", false),
            ("No", false),
            ("off", false), ("2", nil), ("y", nil), ("enabled", nil),
        ] as [(String, Bool?)])
    func bool(_ text: String, _ value: Bool?) {
        #expect((try? read(Setting.bool("DEBUG", summary: "Debug"), text)) == value)
    }

    @Test(
        "a duration is a number of the unit that its name says",
        arguments: [
            (SettingTimeUnit.milliseconds, "50", Duration.milliseconds(50)), (.seconds, "30", .seconds(30)),
            (.seconds, "2.5", .milliseconds(2_500)), (.minutes, "30", .seconds(1_800)), (.days, "7", .seconds(604_800)),
            (.seconds, "0", nil), (.seconds, "3601", nil), (.seconds, "10s", nil), (.seconds, "1e2", nil), (.seconds, "-5", nil),
        ] as [(SettingTimeUnit, String, Duration?)])
    func duration(_ unit: SettingTimeUnit, _ text: String, _ value: Duration?) {
        #expect((try? read(Setting.duration("TTL", in: 1...3600, unit: unit, summary: "Life"), text)) == value)
    }

    @Test(
        "a duration of any size is read or refused, never a trap",
        arguments: ["9999999999999999999999", "1000000000000", "1000000000001"])
    func hugeDuration(_ text: String) {
        let setting = Setting.duration("TTL", in: 0...(.max), unit: .days, summary: "Life")
        #expect((try? read(setting, text)) == (text == "1000000000000" ? .seconds(86_400) * 1_000_000_000_000 : nil))
    }

    @Test("a choice is one of its words in any case, and comes back as declared")
    func choice() throws {
        let level = Setting.choice("LOG_LEVEL", of: ["debug", "info"], default: "info", summary: "Level")
        #expect(try read(level, "DEBUG") == "debug")
        #expect(try read(Setting<Format>.choice("LOG_FORMAT", summary: "Format"), "Json") == .json)
        let error = #expect(throws: SettingsError.self) { try read(level, "loud") }
        #expect(error?.description == "LOG_LEVEL: \"loud\" is not one of the choices; allowed: debug, info")
    }

    @Test(
        "a URL begins with a known scheme",
        arguments: [
            ("sqlite:var/gatehouse.sqlite", true), ("postgresql+asyncpg://u:p@h/d", true), ("SQLITE:x", true), ("sqlite:", false),
            ("mysql://h/d", false), ("/var/lib/x", false), ("sqlite:a b", false), (":x", false), ("sqlite:a\nb", false),
        ])
    func url(_ text: String, _ isAllowed: Bool) {
        let setting = Setting.url("DATABASE_URL", schemes: ["sqlite", "postgresql+asyncpg"], summary: "Database")
        #expect((try? read(setting, text)) == (isAllowed ? text : nil))
    }

    @Test(
        "a list drops blanks and empty elements",
        arguments: [("a,b", ["a", "b"]), (" a , b ,", ["a", "b"]), ("", []), (" , ", []), ("a,bad", nil)] as [(String, [String]?)]
    )
    func list(_ text: String, _ value: [String]?) {
        let setting = Setting.list("PROXIES", default: ["x"], summary: "Proxies") { $0 != "bad" }
        #expect((try? read(setting, text)) == value)
    }

    @Test("text keeps its blanks, a path holds no control characters")
    func text() throws {
        #expect(try read(Setting.string("NAME", summary: "Name"), " a ") == " a ")
        #expect(try read(Setting.path("DIR", summary: "Folder"), "var/a b") == "var/a b")
        #expect(throws: SettingsError.self) { try read(Setting.path("DIR", summary: "Folder"), "a\u{7}") }
        #expect(throws: SettingsError.self) { try read(Setting.string("NAME", summary: "Name"), "a\0b") }
    }

    @Test("a type of the program's own brings its own words")
    func custom() throws {
        let even = Setting(
            "EVEN", kind: "even", phrase: "an even number", allowed: "0, 2, 4 …", default: 2, defaultText: "2", summary: "Even"
        ) { Int($0).flatMap { $0.isMultiple(of: 2) ? $0 : nil } }
        #expect(try read(even, "4") == 4)
        let error = #expect(throws: SettingsError.self) { try read(even, "3") }
        #expect(error?.description == "EVEN: \"3\" is not an even number; allowed: 0, 2, 4 …")
    }
}
