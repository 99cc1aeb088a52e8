import Audit
import Cryptography
import Foundation
import Logging
import Persistence
import PersistencePostgres
import PersistenceSQLite
import StrictJSON
import Synchronization

// Records requests and tells, line by line, which of them were kept; ends itself with SIGKILL where it is told to. What it
// is told stands in the environment:
//
// PROBE_URL, PROBE_FOLDER, PROBE_SECRET  where to record, and the server's secret
// PROBE_REQUESTS                         how many requests
// PROBE_STEP, PROBE_HIT                  the step at whose n-th time the process ends; none if unset
// PROBE_OUTAGE                           "from-to": the requests during which the database is away
// PROBE_FILE_BYTES                       the most bytes that a file may have, as on a full disk
// PROBE_WORK, PROBE_ARCHIVE              "archive" or "rebuild" instead of recording, and where archived files go

let environment = ProcessInfo.processInfo.environment

func setting(_ name: String) -> String { environment[name] ?? "" }

if let bytes = UInt(setting("PROBE_FILE_BYTES")) {
    signal(SIGXFSZ, SIG_IGN)
    var limit = rlimit(rlim_cur: rlim_t(bytes), rlim_max: rlim_t(bytes))
    #if canImport(Glibc)
        setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
    #else
        setrlimit(RLIMIT_FSIZE, &limit)
    #endif
}

let url = try DatabaseURL(setting("PROBE_URL"))
let base: any Database =
    switch url.dialect {
    case .sqlite: try await SQLiteDatabase.open(url: url)
    case .postgres: try await PostgresDatabase.open(url: url)
    }
let database = OutageDatabase(base)

if !setting("PROBE_WORK").isEmpty {
    await Maintenance(database: base).run()
    exit(0)
}

var seams = JournalSeams()
if let step = JournalStep(rawValue: setting("PROBE_STEP")), let last = Int(setting("PROBE_HIT")) {
    let hits = Atomic<Int>(0)
    seams.reached = { reached in
        guard reached == step, hits.add(1, ordering: .relaxed).newValue == last else { return }
        kill(getpid(), SIGKILL)
    }
}

var configuration = JournalConfiguration()
configuration.longestDrainPause = .milliseconds(50)
let journal = try await Journal.open(
    database: database, folder: setting("PROBE_FOLDER"), keyring: try SecretKeyring(parsing: setting("PROBE_SECRET")),
    configuration: configuration, logger: Logger(label: "probe", factory: { _ in SwiftLogNoOpLogHandler() }), seams: seams)
let running = Task { await journal.run() }

let outage = setting("PROBE_OUTAGE").split(separator: "-").compactMap { Int($0) }
for number in 0..<(Int(setting("PROBE_REQUESTS")) ?? 10) {
    if outage.count == 2 { database.isAway.store((outage[0]..<outage[1]).contains(number), ordering: .relaxed) }
    await withTaskGroup(of: Void.self) { group in
        for part in 0..<3 {
            group.addTask { await recordRequest("\(getpid())-\(number)-\(part)") }
        }
    }
}
while outage.count == 2, journal.currentState.spool.depth > 0 { try await Task.sleep(for: .milliseconds(5)) }
journal.stop()
await running.value
say("done")

func recordRequest(_ text: String) async {
    let id = AuditRequestID(unchecked: text)
    say(
        "intent \(text) \(await journal.record(.intent(id, details: ["padding": .string(String(repeating: "x", count: 2_000))])))"
    )
    let event = AuditEvent(
        requestID: id, timestamp: .now(), callerID: "agent", server: "files", toolName: "fs.read", rawArgumentsHash: "00",
        matchedPolicyRule: "rule", decision: "ALLOW", deterministicRationale: "because")
    say("outcome \(text) \(await journal.record(.outcome(.success, closing: event)))")
}

/// One write, so that a line is there whole or not at all.
func say(_ line: String) {
    let bytes = Array((line + "\n").utf8)
    _ = bytes.withUnsafeBytes { write(1, $0.baseAddress, $0.count) }
}
