import SQLLexing
import TestKit
import Testing

@Suite("Tokens")
struct TokenTests {
    /// A text of one `SELECT` that is read, in which nothing else is seen.
    struct Plain: Sendable, CustomTestStringConvertible {
        let dialect: SQLDialect
        let text: String
        var testDescription: String { "\(self.dialect.rawValue): \(self.text)" }
        init(_ dialect: SQLDialect, _ text: String) {
            self.dialect = dialect
            self.text = text
        }
    }

    static let everywhere = [
        "SELECT*FROM t", "SELECT 'please update; -- it'", "SELECT /* a ; b */ 1", "SELECT 1 -- ; DELETE FROM t",
        "select 1;", ";; SELECT 1 ;; ;", "SELECT 'it''s; DELETE FROM t'", "SELECT 1 --\r\n + 1", "SELECT 'größe 👍 \u{200B}'",
        "SELECT größe FROM straße", "SELECT имя FROM таблица", "SELECT 1e5, 1.5e-3, .5, 1., 0x1F", "SELECT a.b.c FROM a.b",
        "SELECT 'C:\\data\\x'", "SELECT 'a\\\\'", "SELECT replace(a, 'x', 'y') FROM t", "(SELECT 1)", "((SELECT 1)) ",
        "SELECT deleted, updated_at, inserted FROM t", "SELECT t.delete, t.update FROM t", "SELECT comment, \"call\" FROM t",
        "WITH x AS (SELECT 1) SELECT * FROM x", "WITH RECURSIVE x(n) AS (SELECT 1 UNION ALL SELECT n+1 FROM x) SELECT n FROM x",
        "SELECT * FROM t WHERE EXISTS (SELECT 1 FROM u WHERE u.id = t.id) AND a IN (1, 2) OR NOT (b)",
        "SELECT a FROM t UNION ALL SELECT b FROM u ORDER BY 1 LIMIT 10 OFFSET 5",
        "SELECT CASE WHEN (a) THEN (b) ELSE (c) END FROM t",
    ]

    static let special = [
        Plain(.postgresql, "SELECT $$; DELETE FROM t$$"), Plain(.postgresql, "SELECT $a$ $$ $b$ ; $a$"),
        Plain(.postgresql, "SELECT $a$ $a $a$a$"), Plain(.postgresql, "SELECT E'\\'; DELETE FROM t --'"),
        Plain(.postgresql, "SELECT /* /* nested ; */ ; */ 1"), Plain(.postgresql, "SELECT $1, a[1:2], b::int, c #> d, e ?| f"),
        Plain(.postgresql, "SELECT U&'d\\0061t' , B'01', X'1f', N'x', e'\\n'"), Plain(.postgresql, "SELECT a$1$b FROM t"),
        Plain(.postgresql, "SELECT--x\n1"), Plain(.postgresql, "SELECT 1*/* c */2"), Plain(.postgresql, "SELECT \"a;b\"\"c\""),
        Plain(.mysql, "SELECT 1 # ; DELETE FROM t"), Plain(.mysql, "SELECT 'a' \"b; c\" `d;``e`"),
        Plain(.mysql, "SELECT @a, @@b"),
        Plain(.mysql, "SELECT 1 --\t; DELETE"), Plain(.mysql, "SELECT 1 --"), Plain(.mysql, "SELECT 'a\\\\', \"b\\nc\""),
        Plain(.mysql, "SELECT _utf8'a', N'b', x'1f', b'01' FROM t WHERE MATCH (a) AGAINST ('x') /*Memo*/"),
        Plain(.sqlite, "SELECT [a;b], `c;d`, \"e;f\", ?, ?1, :a, @b, $c"), Plain(.sqlite, "SELECT 'a\\' --; DELETE FROM t"),
        Plain(.sqlite, "SELECT x'1f' --x"),
    ]

    @Test("reads texts of one SELECT as nothing but that", arguments: SQLDialect.allCases)
    func readsPlainTexts(_ dialect: SQLDialect) throws {
        for text in Self.everywhere + Self.special.filter({ $0.dialect == dialect }).map(\.text) {
            let script = try SQLScript(text, dialect: dialect)
            #expect(script.statements.count == 1, "\(text)")
            #expect(script.statements.first?.statementKinds == ["SELECT"], "\(text)")
        }
    }

    static let refused: [(String, [SQLDialect], SQLError.Code)] = [
        ("SELECT 'a", SQLDialect.allCases, .unterminated), ("SELECT \"a", SQLDialect.allCases, .unterminated),
        ("SELECT /* a", SQLDialect.allCases, .unterminated), ("SELECT `a", [.mysql, .sqlite], .unterminated),
        ("SELECT [a", [.sqlite], .unterminated), ("SELECT $$a", [.postgresql], .unterminated),
        ("SELECT $a$ $b$", [.postgresql], .unterminated), ("SELECT E'a\\'", [.postgresql], .unterminated),
        ("SELECT /* /* */ 1", [.postgresql], .unterminated), ("SELECT /* /* */ 1", [.mysql, .sqlite], .ambiguous),
        ("SELECT '\\''; DELETE FROM t --'", [.postgresql, .mysql], .ambiguous),
        ("SELECT 'a\\'; DELETE FROM t --'", [.postgresql, .mysql], .ambiguous),
        ("SELECT 'a\\''", [.postgresql, .mysql], .unterminated),
        ("SELECT \"a\\\" ; DELETE FROM t -- \"", [.mysql], .ambiguous), ("SELECT 'a\\'", [.postgresql, .mysql], .ambiguous),
        ("SELECT 5--1", [.mysql], .ambiguous),
        ("SELECT /*! 1 */", [.mysql], .ambiguous), ("SELECT /*!50000 1 */", [.mysql], .ambiguous),
        ("SELECT /*M! 1 */", [.mysql], .ambiguous), ("SELECT /*+ SET_VAR(sql_mode='') */ 1", [.mysql], .ambiguous),
        ("SELECT 1 -- a\rDELETE FROM t", SQLDialect.allCases, .ambiguous), ("SELECT 1 # a\rDELETE", [.mysql], .ambiguous),
        ("U&\"d\\0065lete\" FROM t", [.postgresql], .ambiguous), ("SELECT u&\"a\"", [.postgresql], .ambiguous),
        ("SELECT 1\u{0}", SQLDialect.allCases, .invalidCharacter), ("SELECT\u{B}1", SQLDialect.allCases, .invalidCharacter),
        ("SELECT\u{C}1", SQLDialect.allCases, .invalidCharacter), ("SELECT '\u{85}'", SQLDialect.allCases, .invalidCharacter),
        ("\u{FEFF}SELECT 1", SQLDialect.allCases, .invalidCharacter), ("SELECT\u{A0}1", SQLDialect.allCases, .invalidCharacter),
        ("SELECT\u{200B} 1", SQLDialect.allCases, .invalidCharacter),
        ("SELECT 1 \u{FF1B} DELETE", SQLDialect.allCases, .invalidCharacter),
        ("\u{FF33}ELECT 1", SQLDialect.allCases, .invalidCharacter),
        ("SELECT 1 UN\u{406}ON SELECT 2", SQLDialect.allCases, .invalidCharacter),
        ("SELECT 1 un\u{131}on SELECT 2", SQLDialect.allCases, .invalidCharacter),
        ("\u{17F}elect 1", SQLDialect.allCases, .invalidCharacter),
        ("таблица", SQLDialect.allCases, .malformed), ("SELECT (1", SQLDialect.allCases, .unbalanced),
        ("SELECT 1)", SQLDialect.allCases, .unbalanced), ("SELECT (1; SELECT 2)", SQLDialect.allCases, .unbalanced),
        ("SELECT 1 */ 2", SQLDialect.allCases, .malformed), ("SELECT 1a", SQLDialect.allCases, .ambiguous),
        ("SELECT 1e1FROM t", SQLDialect.allCases, .ambiguous), ("SELECT 1.FROM t", SQLDialect.allCases, .ambiguous),
        ("SELECT 1..2", SQLDialect.allCases, .ambiguous), ("SELECT 1_000", SQLDialect.allCases, .ambiguous),
        ("SELECT a.1", SQLDialect.allCases, .ambiguous), ("SELECT $1a", [.postgresql], .ambiguous),
        ("SELECT $1$$;$$", [.postgresql], .ambiguous), ("SELECT ?1UNION", [.sqlite], .ambiguous),
        ("SELECT $a(;DELETE)", [.sqlite], .ambiguous), ("SELECT $a::b(x)", [.sqlite], .ambiguous),
        ("SELECT \\g DELETE", SQLDialect.allCases, .malformed), ("SELECT {fn f(1)}", SQLDialect.allCases, .malformed),
        ("SELECT $x", [.postgresql], .malformed), ("SELECT `a`", [.postgresql], .malformed),
        ("'a'", SQLDialect.allCases, .malformed),
        ("1", SQLDialect.allCases, .malformed), ("()", SQLDialect.allCases, .malformed), ("(", SQLDialect.allCases, .unbalanced),
        ("\"delete\" FROM t", SQLDialect.allCases, .malformed), ("WITH", SQLDialect.allCases, .malformed),
    ]

    @Test("refuses what cannot be read without doubt", arguments: Self.refused)
    func refuses(_ text: String, _ dialects: [SQLDialect], _ code: SQLError.Code) {
        for dialect in dialects {
            let error = #expect(throws: SQLError.self, "\(dialect) \(text)") { try SQLScript(text, dialect: dialect) }
            #expect(error?.code == code, "\(dialect) \(text): \(String(describing: error))")
        }
    }

    @Test("says where the doubt is, and repeats nothing of the text")
    func tellsPlace() {
        let error = #expect(throws: SQLError.self) { try SQLScript("SELECT 1, 'canary", dialect: .sqlite) }
        #expect(error?.offset == 10)
        #expect(error?.description.contains("canary") == false)
        #expect(error?.debugDescription.hasPrefix("unterminated") == true)
    }

    @Test(
        "refuses bytes that are not UTF-8",
        arguments: [[0xC3, 0x28], [0xC0, 0xAF], [0xED, 0xA0, 0x80], [0xFF], [0x27, 0x80, 0x27]])
    func refusesOtherBytes(_ bytes: [UInt8]) {
        let error = #expect(throws: SQLError.self) { try SQLScript(utf8: Array("SELECT ".utf8) + bytes, dialect: .mysql) }
        #expect(error?.code == .invalidUTF8)
    }

    @Test("keeps to its bounds", arguments: SQLDialect.allCases)
    func keepsBounds(_ dialect: SQLDialect) throws {
        let limit = SQLScript.maximumBytes
        let longest = "SELECT '" + String(repeating: "a", count: limit - 9) + "'"
        #expect(try SQLScript(longest, dialect: dialect).statements.count == 1)
        #expect(throws: SQLError(.tooLong, at: 0, message: "")) { try SQLScript(longest + " ", dialect: dialect) }

        let depth = SQLScript.maximumDepth
        func nested(_ depth: Int) -> String {
            "SELECT " + String(repeating: "(", count: depth) + "1" + String(repeating: ")", count: depth)
        }
        #expect(try SQLScript(nested(depth), dialect: dialect).statements.count == 1)
        #expect(throws: SQLError(.tooDeep, at: 0, message: "")) { try SQLScript(nested(depth + 1), dialect: dialect) }
        #expect(throws: SQLError.self) { try SQLScript(String(repeating: "(", count: limit), dialect: dialect) }
        #expect(throws: SQLError.self) { try SQLScript(String(repeating: "/*", count: limit / 2), dialect: dialect) }
    }

    @Test("reads or refuses any bytes, and ends")
    func readsAnything() {
        var random = SeededGenerator(seed: TestRun.seed)
        let alphabet = Array("'\"`$[](){}.,;:@?#-*/\\ \n\reExXuU&aSELECT0189é\u{0}".utf8) + [0xC3, 0xFF]
        for _ in 0..<TestRun.count(20_000, long: 1_000_000) {
            let bytes = (0..<Int.random(in: 0..<40, using: &random)).map { _ in alphabet.randomElement(using: &random) ?? 0 }
            for dialect in SQLDialect.allCases {
                guard let script = try? SQLScript(utf8: Array("SELECT ".utf8) + bytes, dialect: dialect) else { continue }
                #expect(script.statements.allSatisfy { !$0.statementKinds.isEmpty && $0.keywords.first == $0.leadingKeyword })
            }
        }
    }
}
