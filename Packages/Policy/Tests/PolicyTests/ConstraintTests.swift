import Policy
import StrictJSON
import Testing

@Suite("Constraints")
struct ConstraintTests {
    /// Whether a rule with the constraints allows the arguments.
    func isAllowed(_ constraints: String, _ arguments: JSONObject) throws -> Bool {
        let engine = try makeEngine(
            rules: "  - name: a\n    tools: [t]\n    decision: ALLOW\n    constraints: {\(constraints)}\n")
        return engine.decide(call("t", arguments)).verdict == .allow
    }

    @Test("on paths: prefixes, depth, normal form, patterns in every form")
    func paths() throws {
        func path(_ fields: String, _ text: String) throws -> Bool {
            try self.isAllowed("path: {\(fields)}", ["path": .string(text)])
        }
        #expect(try path("", "/anything"))
        #expect(try path("max_depth: 2", "/a/b"))
        #expect(try !path("max_depth: 2", "/a/b/c"))
        #expect(try path("max_depth: 2", "/a//b/"))
        #expect(try path("normalize: true", "/a//b"))
        #expect(try !path("normalize: false", "/a//b"))
        #expect(try path("normalize: false", "/a/b"))
        #expect(try !path("denied_patterns: ['secret']", "/a/secret"))
        #expect(try path("denied_patterns: ['secret']", "/a/SECRET"))
        #expect(try !path("denied_patterns: ['secret']", "/a/s%65cret"))
        #expect(try !path("denied_patterns: ['secret']", "/a/ѕecret"))
        #expect(try !path("denied_patterns: [{pattern: '/etc/', label: etc}]", "/data/etc"))
        #expect(try path("allowed_prefixes: [/a/b.txt]", "/a/b.txt"))
        #expect(try !path("allowed_prefixes: [/a/b.txt]", "/a/b.txt.old"))
        #expect(try path("allowed_prefixes: [/]", "/x"))
    }

    @Test("on SQL: statements, keywords, functions, dialects")
    func sql() throws {
        func sql(_ fields: String, _ text: String) throws -> Bool {
            try self.isAllowed("sql: {\(fields)}", ["query": .string(text)])
        }
        #expect(try sql("allowed_statements: [select]", "SELECT 1"))
        #expect(try !sql("allowed_statements: [select]", "DELETE FROM t"))
        #expect(try sql("allowed_statements: [SELECT, DELETE]", "DELETE FROM t"))
        #expect(try !sql("allowed_statements: [SELECT]", "WITH x AS (DELETE FROM t RETURNING 1) SELECT 1"))
        #expect(try !sql("denied_keywords: [INTO OUTFILE]", "SELECT 1 INTO OUTFILE 'x'"))
        #expect(try sql("denied_keywords: [UPDATE]", "SELECT 'update'"))
        #expect(try !sql("denied_keywords: [load_file]", "SELECT LOAD_FILE('x')"))
        // Words that only a comment parts are judged joined as well.
        #expect(try !sql("denied_keywords: [UNION]", "SELECT 1 UN/**/ION SELECT 2"))
        #expect(try !sql("allowed_statements: [SELECT]", "SELECT 1 FROM t WHERE DEL/* x */ETE"))
        #expect(try sql("denied_keywords: [UNION]", "SELECT a/* a comment */FROM t"))
        #expect(try sql("", "SELECT count(*) FROM t"))
        #expect(try !sql("", "SELECT pg_read_file('x')"))
        #expect(try !sql("dialect: postgresql", "SELECT pg_catalog.pg_read_file('x')"))
        #expect(try sql("allowed_functions: [count, pg_*], dialect: postgresql", "SELECT pg_size(1)"))
        #expect(try !sql("allowed_functions: [count]", "SELECT lower('x')"))
        #expect(try !sql("allowed_functions: [count], dialect: postgresql", "SELECT \"COUNT\"(1)"))
        #expect(try !sql("denied_functions: [\"lo*\"]", "SELECT lower('x')"))
        #expect(try sql("dialect: mysql", "SELECT `a` FROM t"))
        #expect(try !sql("dialect: mysql", "SELECT @@version"))
        #expect(try !sql("allowed_functions: [version], dialect: mysql", "SELECT @@version"))
        #expect(try sql("allowed_functions: [\"@@version\"], dialect: mysql", "SELECT @@version"))
        #expect(try !sql("allowed_functions: [count], dialect: sqlite", "SELECT * FROM pragma_database_list"))
        #expect(try !sql("denied_tables: [pg_shadow]", "SELECT a FROM PG_Shadow"))
        #expect(try !sql("denied_tables: [\"pg_s*\"]", "SELECT a FROM x.\"pg_shadow\""))
        #expect(try !sql("denied_tables: [mysql], dialect: mysql", "SELECT a FROM `mysql` . user"))
        #expect(try sql("denied_tables: [pg_shadow]", "SELECT 'pg_shadow', pg_shadows /* pg_shadow */ FROM t"))
        #expect(try !sql("", "SELECT `a` FROM t"))
        #expect(try !sql("dialect: sqlite", "SELECT 1; SELECT 2"))
        #expect(try !sql("dialect: sqlite", "-- nothing"))
    }

    @Test("on SQL that cannot be read deny the call, whatever a later rule says")
    func doubtfulSQL() throws {
        let engine = try makeEngine(
            rules: """
                  - {name: read, tools: [t], priority: 5, decision: ALLOW, constraints: {sql: {allowed_statements: [SELECT]}}}
                  - {name: rest, tools: ["*"], decision: ALLOW}
                """)
        #expect(engine.decide(call("t", ["query": "DELETE FROM t"])).rule == "rest")
        for text in ["SELECT 'open", "/*! SELECT 1 */", "SELECT 1 \u{0}", "SELECT (1"] {
            #expect(engine.decide(call("t", ["query": .string(text)])).rule == "evaluation-error")
        }
    }

    @Test("on URLs: schemes, domains, addresses")
    func urls() throws {
        func url(_ fields: String, _ text: String) throws -> Bool {
            try self.isAllowed("url: {\(fields)}", ["url": .string(text)])
        }
        #expect(try url("", "http://a.example/"))
        #expect(try !url("require_https: true", "http://a.example/"))
        #expect(try url("require_https: true", "https://a.example/"))
        #expect(try url("allowed_domains: ['*.a.example']", "https://a.example/"))
        #expect(try url("allowed_domains: ['*.a.example']", "https://b.A.example./"))
        #expect(try !url("allowed_domains: ['*.a.example']", "https://ba.example/"))
        #expect(try url("allowed_domains: ['status.*']", "https://status.a.example/"))
        #expect(try !url("allowed_domains: ['status.*']", "https://mystatus.a.example/"))
        #expect(try !url("denied_domains: [a.example]", "https://a.example/"))
        #expect(try url("denied_domains: [a.example]", "https://b.a.example/"))
        #expect(try url("block_private_ips: false", "http://127.0.0.1/"))
        #expect(try !url("allowed_domains: [a.example]", "http://127.0.0.1/"))
    }

    @Test("on arguments: patterns by field, length as a whole")
    func arguments() throws {
        func denied(_ field: String, _ arguments: JSONObject) throws -> Bool {
            try !self.isAllowed("arguments: {denied_patterns: [{field: \"\(field)\", pattern: evil}]}", arguments)
        }
        let nested: JSONObject = ["a": ["b": "evil"], "c": ["ok", "eViL"], "d.e": "evil", "f": [["g": "evil"]]]
        #expect(try denied("*", nested))
        #expect(try denied("a.b", nested))
        #expect(try denied("a", nested))
        #expect(try denied("c[1]", nested))
        #expect(try !denied("c[0]", nested))
        #expect(try denied("c.*", nested))
        #expect(try denied("d.e", nested))
        #expect(try denied("f[0].g", nested))
        #expect(try !denied("x", nested))
        #expect(try denied("*", ["evil": 1]))
        #expect(try denied("*", ["x": .string("e\u{200B}vil")]))
        #expect(try denied("*", ["x": "%65vil"]))
        #expect(
            try denied(
                "*",
                [
                    "x": .string(
                        "hi"
                            + String(
                                String.UnicodeScalarView("evil".unicodeScalars.compactMap { Unicode.Scalar($0.value + 0xE0000) }))
                    )
                ]))
        #expect(try self.isAllowed("arguments: {max_arg_length: 11}", ["a": "bc"]))
        #expect(try !self.isAllowed("arguments: {max_arg_length: 11}", ["a": "bcd"]))
        // The sorted form counts, in which letters beyond ASCII take six characters.
        #expect(try !self.isAllowed("arguments: {max_arg_length: 13}", ["a": "ü"]))
    }

    @Test("at any place: every value there must hold, and there must be one")
    func places() throws {
        let files = "at: {/files/*/name: {path: {allowed_prefixes: [/data/]}}}"
        #expect(try self.isAllowed(files, ["files": [["name": "/data/a"], ["name": "/data/b"]]]))
        #expect(try self.isAllowed(files, ["files": ["x": ["name": "/data/a"]]]))
        #expect(try !self.isAllowed(files, ["files": [["name": "/data/a"], ["name": "/etc/b"]]]))
        #expect(try !self.isAllowed(files, ["files": [["name": "/data/a"], [:]]]))
        #expect(try !self.isAllowed(files, ["files": []]))
        #expect(try !self.isAllowed(files, [:]))
        // What reads like a name on the way might be what the tool reads, at any depth.
        for name in ["Name", "na\u{200B}me", "n\u{430}me", "nám\u{e9}", "name "] {
            var file: JSONObject = ["name": "/data/a"]
            file[name] = "/etc/b"
            let list = JSONValue.array([["name": "/data/a"], .object(file)])
            #expect(try !self.isAllowed(files, ["files": list]), "\(name)")
        }
        #expect(try !self.isAllowed(files, ["files": [["name": "/data/a"]], "Files": []]))
        #expect(try self.isAllowed(files, ["files": [["name": "/data/a", "names": "x"]], "filed": 1]))
        #expect(try self.isAllowed("at: {/a~1b: {text: {allowed_values: [x]}}}", ["a/b": "x"]))
        #expect(try self.isAllowed("at: {/a/1: {text: {allowed_values: [x]}}}", ["a": ["y", "x"]]))
        #expect(try !self.isAllowed("at: {/a/01: {text: {allowed_values: [x]}}}", ["a": ["y", "x"]]))
        #expect(try self.isAllowed("at: {/~2: {text: {allowed_values: [x]}}}", ["*": "x", "y": "z"]))
        #expect(try !self.isAllowed("at: {/a: {text: {allowed_values: [\"é\"]}}}", ["a": "e\u{301}"]))
        #expect(try self.isAllowed("at: {/a: {text: {allowed_patterns: ['[a-z]+'], max_length: 3}}}", ["a": "abc"]))
        #expect(try !self.isAllowed("at: {/a: {text: {allowed_patterns: ['[a-z]+']}}}", ["a": "abc\n"]))
        #expect(try !self.isAllowed("at: {/a: {text: {max_length: 2}}}", ["a": "abc"]))
        #expect(try !self.isAllowed("at: {/a: {text: {denied_patterns: [b]}}}", ["a": "aBc"]))
        #expect(try !self.isAllowed("at: {/a: {text: {min_length: 1}}}", ["a": ""]))
    }

    @Test(
        "on numbers: bounds, whole numbers, and numbers that are none",
        arguments: [
            ("1", true), ("9", true), ("5.0", false), ("0", false), ("10", false), ("1e19", false),
            ("-9223372036854775809", false), ("99999999999999999999999999", false),
        ])
    func numbers(_ text: String, _ isAllowed: Bool) throws {
        let number = try JSONValue(parsing: Array(text.utf8))
        #expect(try self.isAllowed("at: {/n: {number: {minimum: 1, maximum: 9, integer: true}}}", ["n": number]) == isAllowed)
    }

    @Test("on numbers refuse booleans and strings")
    func noNumbers() throws {
        for value: JSONValue in [true, "5", .null, [5]] {
            #expect(try !self.isAllowed("at: {/n: {number: {}}}", ["n": value]))
        }
    }
}
