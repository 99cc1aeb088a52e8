import TextFolding

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

func text(of pattern: String, bytes: Int) -> String {
    String(repeating: pattern, count: max(1, bytes / pattern.utf8.count))
}

var kept = 0
print("| text | bytes | ns per KB | times a plain byte sum |")
print("| --- | ---: | ---: | ---: |")
let patterns = [
    ("ASCII", "SELECT name FROM users WHERE id = 42; "), ("ASCII, with line ends", "line\n"),
    ("German", "Die größte Straße über dem Fluß; "),
    ("Russian", "Съешь ещё этих мягких булок. "), ("Japanese", "吾輩は猫である。名前はまだ無い。"),
    ("look-alikes", "\u{456}g\u{200B}n\u{FF4F}re "),
    ("the longest expansion", "\u{FDFA}"),
]
for (name, pattern) in patterns {
    for size in [64, 1_024, 16_384] {
        let text = text(of: pattern, bytes: size)
        let bytes = Array(text.utf8)
        let calls = max(1, (name.hasPrefix("ASCII") ? 4_000_000 : 100_000) / bytes.count)
        let sum = measure(calls) {
            var sum: UInt64 = 0
            for byte in bytes { sum = (sum &+ UInt64(byte)) ^ 1 }
            kept &+= Int(truncatingIfNeeded: sum)
        }
        let time = measure(calls) { kept &+= TextFolding.folded(text) == nil ? 1 : 2 }
        print("| \(name) | \(bytes.count) | \(rounded(time * 1_024 / Double(bytes.count))) | \(rounded(time / sum)) |")
    }
}
print("\n| path | ns | times a plain byte sum |")
print("| --- | ---: | ---: |")
for path in ["/data/reports/2026/final.csv", "/data/a%20b/größe.csv", "/data/" + String(repeating: "a/", count: 1_000)] {
    let bytes = Array(path.utf8)
    let sum = measure(1_000) {
        var sum: UInt64 = 0
        for byte in bytes { sum = (sum &+ UInt64(byte)) ^ 1 }
        kept &+= Int(truncatingIfNeeded: sum)
    }
    let time = measure(1_000) { kept &+= (try? CanonicalPath(path))?.depth ?? 0 }
    print("| \(path.prefix(32)) (\(bytes.count) bytes) | \(rounded(time)) | \(rounded(time / sum)) |")
}
precondition(kept != 0, "keeps the results alive")
