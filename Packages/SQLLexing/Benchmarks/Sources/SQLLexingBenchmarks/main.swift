import SQLLexing

/// Median nanoseconds of one call, over rounds of several calls.
func measure(_ calls: Int, rounds: Int = 51, _ body: () -> Void) -> Double {
    let clock = ContinuousClock()
    body()
    let times = (0..<rounds).map { _ in
        let duration = clock.measure { for _ in 0..<calls { body() } }
        return Double(duration.components.attoseconds) / 1e9 / Double(calls) + Double(duration.components.seconds) * 1e9
            / Double(calls)
    }
    return times.sorted()[rounds / 2]
}

func rounded(_ value: Double) -> String { "\(Double(Int(value * 10)) / 10)" }

let short = "SELECT id, name FROM users WHERE id = 42"
let long = """
    WITH recent AS (SELECT user_id, max(created_at) AS seen FROM events WHERE kind IN ('login', 'it''s') GROUP BY user_id)
    SELECT u.id, lower(u.name), coalesce(r.seen, '2020-01-01') -- the newest
    FROM users u LEFT JOIN recent r ON r.user_id = u.id WHERE u.org = 7 AND (u.role = 'admin' OR u.level >= 3) ORDER BY 3 LIMIT 50
    """
func grown(_ item: String, to bytes: Int) -> String { "SELECT 1" + String(repeating: item, count: bytes / item.utf8.count) }

var kept = 0
print("| text | dialect | bytes | µs | ns per byte | times a plain byte sum |")
print("| --- | --- | ---: | ---: | ---: | ---: |")
let texts =
    [("short", short), ("usual", long)]
    + [8, 64, 512].map { ("\($0) KB of words", grown(", a.b", to: $0 * 1_024)) }
    + [8, 64, 512].map { ("\($0) KB of calls", grown(", f(a)", to: $0 * 1_024)) }
    + [8, 64, 512].map { ("\($0) KB of strings", grown(", 'it''s'", to: $0 * 1_024)) }
    + [8, 64, 512].map { ("\($0) KB of one string", "SELECT '" + String(repeating: "\\\\a", count: $0 * 341) + "'") }
    + [8, 64, 512].map { ("\($0) KB of INTO", grown(" INTO", to: $0 * 1_024)) }
for (name, text) in texts {
    for dialect in SQLDialect.allCases where text.utf8.count < 1_000 || dialect == .postgresql {
        let bytes = Array(text.utf8)
        let calls = max(1, 100_000 / bytes.count)
        let sum = measure(calls) {
            var sum: UInt64 = 0
            for byte in bytes { sum = (sum &+ UInt64(byte)) ^ 1 }
            kept &+= Int(truncatingIfNeeded: sum)
        }
        let time = measure(calls, rounds: 21) {
            guard let script = try? SQLScript(text, dialect: dialect) else { preconditionFailure("the text is read") }
            kept &+= script.statements.count
        }
        let perByte = time / Double(bytes.count)
        print(
            "| \(name) | \(dialect.rawValue) | \(bytes.count) | \(rounded(time / 1_000)) | \(rounded(perByte)) | \(rounded(time / sum)) |"
        )
    }
}
precondition(kept != 0, "keeps the results alive")
