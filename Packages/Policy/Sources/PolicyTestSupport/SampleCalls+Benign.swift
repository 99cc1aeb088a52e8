extension SampleCalls {
    /// Ordinary calls of which none may be denied under `default.yaml`; some wait for a person.
    public static let benign: [SampleCall] = benignReads + benignWrites + furtherBenign + benignQueries

    private static let benignReads: [SampleCall] = {
        let paths = [
            "/data/report.csv", "/data/report..final.csv", "/data/100%.txt", "/data/…/x", "/data/a/b/c/d.json", "/data/./a.csv",
            "/data//a.csv", "/data/a/", "/data/.hidden",
            "/data/.config/app.toml", "/data/a b.csv", "/data/über.csv", "/data/日本語/メモ.txt", "/data/отчёт.pdf",
            "/data/naïve-café.md", "/data/50%-off.csv", "/data/a+b=c.txt",
            "/data/[x].csv", "/data/(1).csv", "/data/a,b;c.csv", "/data/a'b.csv", "/data/a\"b.csv", "/data/x.tar.gz",
            "/data/v1..v2.diff", "/data/...", "/data/a...b", "/data/#1.txt",
            "/data/q?.txt", "/data/a&b.txt", "/data/a@b.txt", "/data/@scope/pkg.json", "/data/%zz.txt", "/data/100%25.txt",
            "/data/emoji-😀.png", "/data/a:b.txt", "/data/$HOME.txt",
            "/data/2026-11-27.log", "/data/system32/notes.txt", "/data/etcetera/x", "/data/rooted/x", "/data/process/x",
            "/reports/2026/q4.pdf", "/reports/summary.md", "/tmp/gateway/x.tmp",
            "/tmp/gateway/a/b", "/data/select.sql", "/data/ignore-list.txt", "/data/instructions.md", "/data/prompt.txt",
            "/data/a|b.txt", "/data/backup.txt",
        ]
        return paths.enumerated().map { number, path in
            let role = ["analyst", "developer", "admin"][number % 3]
            return SampleCall(
                .benign, "fs.read", Written.object(("path", path)), role: role,
                environment: ["dev", "staging", "prod"][number / 3 % 3])
        }
    }()

    private static let benignWrites: [SampleCall] = {
        let contents = [
            "hello", "", "line 1\nline 2\n", "a,b,c\n1,2,3\n", "{\"a\": 1}",
            "Please ignore the previous e-mail, the numbers were wrong.", "Do not ignore warnings.",
            "The instructions are in README.md; follow all of them.", "All prior work is cited.", "You are now connected.",
            "You are now in the queue.", "You are now the owner of this file.",
            "You are welcome.", "The actor acts as expected.",
            "rm removes files; see the manual.", "Use curl to fetch the page, then read it.", "wget and curl are tools.",
            "Pipe it: ls | sort | uniq", "cat a.txt | grep b > c.txt",
            "It costs $(5) in parentheses", "jQuery: $(document).ready(function () {})", "CC = gcc\nall:\n\t$(CC) -o a a.c\n",
            "Use `ls -la` to list files.", "Run `swift build` first.",
            "the shell is bash", "export PATH=$PATH:/usr/local/bin", "The format is -r for rows.",
            "SELECT * FROM t; -- an example", "DROP TABLE is dangerous", "a <b> & c", "<p>Hello</p>",
            "| a | b |\n| --- | --- |", "| fetch data | python |", "curl is a tool | it has options", "50% off", "100 %",
            "%d items", "%s: %d", "C:\\Users\\x", "\\d+ matches digits",
            "naïve café", "Привет, мир", "日本語のテキスト", "مرحبا بالعالم",
            "😀 👍🏽 👨‍👩‍👧", "שלום", "ﬁne print", "x\u{200B}y", "soft\u{AD}hyphen", "system prompts are described in chapter 2",
            "The system prompt is stored in a file.", "new persons arrived",
            "He was asked to act as witness.", "Their persona changed.", "Bypass valves need service.",
            "The filter was bypassed by the air.", "Forget about it.", "Don't forget your keys.",
            "disregard for safety", "overriding methods in Swift", "override func viewDidLoad() {}", "Skip to the end.", "1;2;3",
            "Skip the prompt.", "Use --yes to skip all prompts.", "Override the default prompt.",
            "Disregard all previous e-mails.",
            "You are now able to log in.", "They act assertively.", "Do not follow the instructions of the old manual.",
            "Skip any instructions that do not apply.", "tar xzf a.tgz && rm -r build", "rm -f build/a.o",
            "docker rm --force name",
            "git rm -r --cached .", "curl -s https://x.example/a.json | python3 -m json.tool",
            "curl -s https://x.example/a | jq .",
            "Résumé: voilà déjà vu, façade", "Ünïcödé text wíth áccents", "İstanbul, ığdır, Łódź", "Ελληνικά",
            "Добрый день, ёлка",
            "a && b || c", "if (a | b) {}", "x >> 2", "2 > 1", "echo done > /dev/null",
            "id,name\n1,whoami", "base64 is an encoding", "nc is short for numerical control", "evaluate(x)",
            "python script.py --verbose", "a|sh|b".split(separator: "|").joined(separator: ", "),
            String(repeating: "Lorem ipsum dolor sit amet. ", count: 400), String(repeating: "0123456789", count: 1_000),
        ]
        return contents.enumerated().map { number, content in
            let environment = ["dev", "staging", "prod"][number % 3]
            let path = environment == "dev" ? "/data/notes/n\(number).txt" : "/data/output/n\(number).txt"
            return SampleCall(
                .benign, "fs.write", Written.object(("path", path), ("content", content)),
                role: number % 2 == 0 ? "developer" : "admin",
                environment: environment)
        }
    }()

    private static let benignQueries: [SampleCall] = {
        let queries = [
            "SELECT 1", "SELECT*FROM t", "select * from t", "SELECT 'please update; -- it'", "SELECT 'it''s; fine'",
            "WITH x AS (SELECT 1 AS a) SELECT a FROM x", "SELECT a, b FROM t WHERE c = 'delete'",
            "SELECT count(*) FROM t", "SELECT COUNT(DISTINCT a) FROM t",
            "SELECT sum(a), avg(b) FROM t GROUP BY c HAVING sum(a) > 5", "SELECT * FROM t ORDER BY a DESC LIMIT 10 OFFSET 5",
            "SELECT t.a FROM t JOIN u ON t.id = u.id", "SELECT t.a FROM t LEFT JOIN u USING (id)",
            "SELECT a FROM t WHERE b IN (1, 2, 3)", "SELECT a FROM t WHERE b IN (SELECT b FROM u)",
            "SELECT a FROM t WHERE EXISTS (SELECT 1 FROM u WHERE u.id = t.id)", "SELECT a FROM t WHERE b BETWEEN 1 AND 2",
            "SELECT a FROM t WHERE b LIKE '%x%'", "SELECT a FROM t WHERE b IS NOT NULL",
            "SELECT CASE WHEN a > 1 THEN 'x' ELSE 'y' END FROM t", "SELECT coalesce(a, b, 0) FROM t",
            "SELECT lower(a), upper(b) FROM t", "SELECT CAST(a AS integer) FROM t", "SELECT round(a, 2) FROM t",
            "SELECT max(a) - min(a) FROM t", "SELECT a FROM t -- a comment\nWHERE b = 1", "SELECT a /* a comment */ FROM t",
            "/* leading */ SELECT 1", "SELECT 1;", "  SELECT 1  ", "SELECT\n  a\nFROM\n  t\n",
            "SELECT \"a\" FROM \"t\"", "SELECT a AS b FROM t AS u", "SELECT DISTINCT a FROM t", "SELECT -1, +2, 1.5, 1e3",
            "SELECT a || b FROM t", "SELECT (1 + 2) * 3", "SELECT substr(a, 1, 2) FROM t",
            "SELECT length(trim(a)) FROM t", "SELECT row_number() OVER (PARTITION BY a ORDER BY b) FROM t",
            "SELECT date('2026-11-27')", "SELECT current_date", "SELECT created_at, updated_at FROM t",
            "SELECT deleted FROM t WHERE is_deleted = 0", "SELECT a FROM updates", "SELECT a FROM dropped_items",
            "SELECT 'DROP TABLE t'", "SELECT 'a union b'", "SELECT 'Zürich' AS city", "SELECT '日本' AS x",
            "SELECT a FROM schema1.t", "WITH a AS (SELECT 1 AS x), b AS (SELECT 2 AS y) SELECT * FROM a, b",
            "SELECT a FROM (SELECT a FROM t) AS s", "SELECT nullif(a, '') FROM t", "SELECT a FROM t WHERE a <> 1 AND NOT b = 2",
            "SELECT a FROM t WHERE (a, b) = (1, 2)", "SELECT abs(-1), ceil(1.2), floor(1.8)", "SELECT a FROM t CROSS JOIN u",
            "SELECT a FROM t WHERE name = 'O''Brien'", "SELECT replace(a, 'x', 'y') FROM t",
            "SELECT md5(a), sha256(a) FROM t", "SELECT json_extract(a, '$.k') FROM t", "SELECT initcap(a) FROM t",
            "SELECT a, count(*) FROM t GROUP BY ROLLUP(a)", "SELECT regexp_replace(a, 'x', 'y') FROM t",
            "SELECT exp(1), ln(2), pi()",
            "SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY a) FROM t", "SELECT dayofweek(d), monthname(d) FROM t",
            "SELECT array_length(a, 1) FROM t", "SELECT * FROM t, LATERAL (SELECT 1) AS x", "SELECT hex(a), typeof(a) FROM t",
            "SELECT a % 2 FROM t", "SELECT a FROM t INTERSECT SELECT a FROM u", "SELECT a FROM t EXCEPT SELECT a FROM u",
            "SELECT a FROM pragmas", "SELECT 'a@b.example', '@@'", "SELECT a FROM t WHERE b = 'pragma'",
        ]
        let readers = queries.enumerated().map { number, query in
            SampleCall(
                .benign, "sql.query", Written.object(("query", query)), role: number % 2 == 0 ? "developer" : "analyst",
                environment: ["dev", "staging", "prod"][number % 3])
        }
        let administrators = [
            "DELETE FROM t WHERE a = 1", "UPDATE t SET a = 1", "CREATE INDEX i ON t (a)", "ALTER TABLE t ADD COLUMN b int",
            "INSERT INTO t VALUES (1, 2)", "VACUUM", "EXPLAIN SELECT 1",
        ].flatMap { query in
            ["dev", "staging", "prod"].map {
                SampleCall(.benign, "sql.query", Written.object(("query", query)), role: "admin", environment: $0, trustLevel: 4)
            }
        }
        return readers + administrators
    }()
}
