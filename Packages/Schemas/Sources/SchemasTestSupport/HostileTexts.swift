/// Texts that have broken programs which put text into SQL, and must everywhere end as data.
public enum HostileTexts {
    /// The texts, each of at most 100 characters and without NUL, so that they fit into every column.
    public static let all: [String] = [
        "'; DROP TABLE users; --",
        "' OR '1'='1",
        "' OR 1=1 --",
        "\" OR \"\"=\"",
        "'); DELETE FROM api_keys; --",
        "x', 'y'), ('z",
        "Robert'); DROP TABLE traces;--",
        "' UNION SELECT id, api_key_hash FROM users --",
        "$1", "$2::text", ":name", "?", "??", "@p1", "%s", "%(id)s", "{0}", "\\(id)",
        "$$; DROP TABLE users; $$", "$tag$ x $tag$",
        "\\'; DROP TABLE users; --", "\\", "\\\\", "\\x41", "E'\\x27'",
        "/* comment */", "-- comment", "*/ ; SELECT 1 /*", "/*! 50000 SELECT */",
        "1; SELECT pg_sleep(10)", "'||(SELECT pg_sleep(10))||'", "'; COPY users TO PROGRAM 'id'; --",
        "'; COMMIT; --", "'; ROLLBACK; --", "ATTACH DATABASE 'x' AS y",
        "NULL", "null", "DEFAULT", "true", "0x31", "1e5", "-0", "NaN", "Infinity", "'infinity'",
        "{1,2}", "{\"a\":1}", "[]", "(1,2)", "{NULL}",
        "%", "_", "%' ESCAPE '", "\u{2019}; DROP TABLE users", "\u{FF07} OR 1=1", "\u{02BC} OR 1=1",
        "\n'; SELECT 1\n", "\r\n", "\t", " leading and trailing ", "\u{1}\u{7F}", "\u{FEFF}", "\u{202E}evil",
        "e\u{301}", "\u{E9}", "\u{1F600}", "\u{10FFFF}", "\u{FFFD}",
    ]
}
