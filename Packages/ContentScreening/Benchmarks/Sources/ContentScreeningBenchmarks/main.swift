import ContentScreening
import StrictJSON

/// A submission of some fields.
struct Note: Screenable {
    let contentFields: [ContentField]

    var bytes: Int
}

/// Nanoseconds of one call, as median and 99th of a hundred.
func measure(_ rounds: Int = 101, _ body: () async throws -> Void) async throws -> (median: Double, tail: Double) {
    try await body()
    var times: [Double] = []
    for _ in 0..<rounds {
        let start = ContinuousClock.now
        try await body()
        times.append(start.duration(to: .now) / .nanoseconds(1))
    }
    times.sort()
    return (times[rounds / 2], times[rounds * 99 / 100])
}

/// What a plain loop takes to add up so many bytes.
func byteSum(_ count: Int) async throws -> Double {
    let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    var sum: UInt64 = 0
    let time = try await measure { for byte in bytes { sum = (sum &+ UInt64(byte)) ^ 1 } }.median
    precondition(sum != 0x1234_5678_9ABC_DEF0, "keeps the sum alive")
    return time
}

func repeated(_ part: String, _ count: Int) -> String {
    String(String(repeating: part, count: count / part.utf8.count + 1).prefix(count))
}

/// A trace whose two long texts are what is given, up to so many characters each.
func trace(_ part: String, _ count: Int) -> Note {
    let text = repeated(part, count)
    let fields: [ContentField] = [
        .text("title", "Pool exhausted after fork"), .text("context_text", text), .text("solution_text", text),
        .text("tags", "python", at: 0), .text("tags", "postgres", at: 1), .text("agent_model", "some-model"),
        .json("metadata_json", ["library": "sqlalchemy", "library_version": "2.0.1", "attempts": 3]),
    ]
    return Note(contentFields: fields, bytes: text.utf8.count * 2 + 100)
}

func rounded(_ value: Double) -> String { "\(Double(Int(value * 10)) / 10)" }

let prose = """
    Connection pool exhausted under load when the worker restarts. Set pool_size=20 and max_overflow=10, then call engine.dispose(). \
    The error was: could not connect to server (port 5432), build 2024-11-05T12:31:07Z. It took 3.5 s before and 120 ms after.

    """
let page = repeated("anna@corp.de\n", 9_980)
let submissions: [(name: String, note: Note)] = [
    ("clean trace, 4 KB", trace(prose, 2_000)),
    ("clean trace at its bounds", trace(prose, 50_000)),
    ("keywords at the bounds", trace("api_key.token-secret_", 50_000)),
    ("addresses at the bounds", trace("anna@corp.de\n", 50_000)),
    ("key headers at the bounds", trace("-----BEGIN PRIVATE" + " KEY-----", 50_000)),
    ("escapes at the bounds", trace("\\u0041", 50_000)),
    ("metadata full of addresses", Note(contentFields: [.json("metadata_json", ["log": .string(page)])], bytes: page.utf8.count)),
    ("a tag of 1 MB, clean", Note(contentFields: [.text("tags", repeated(prose, 1 << 20), at: 0)], bytes: 1 << 20)),
    (
        "a tag of 1 MB, keywords",
        Note(contentFields: [.text("tags", repeated("password=token:secret=", 1 << 20))], bytes: 1 << 20)
    ),
    ("a tag of 1 MB, addresses", Note(contentFields: [.text("tags", repeated("anna@corp.de\n", 1 << 20))], bytes: 1 << 20)),
]

let gate = ContentGate()
print("| submission | bytes | µs median | µs 99th | times a plain byte sum | outcome |")
print("| --- | ---: | ---: | ---: | ---: | --- |")
for (name, note) in submissions {
    var outcome = ""
    let time = try await measure {
        switch try await gate.screen(note) {
        case .admitted: outcome = "admitted"
        case .refused(let refusal): outcome = refusal.isIncomplete ? "incomplete" : "refused"
        }
    }
    let sum = try await byteSum(note.bytes)
    print(
        "| \(name) | \(note.bytes) | \(rounded(time.median / 1_000)) | \(rounded(time.tail / 1_000)) | "
            + "\(rounded(time.median / sum)) | \(outcome) |")
}

let building = try await measure(11) { _ = ContentGate() }
print("\nMaking a gate takes \(rounded(building.median / 1_000_000)) ms.")
