import Approval
import ApprovalTestSupport
import Cryptography
import Foundation
import Identity
import Logging
import Persistence
import PersistencePostgres
import PersistenceSQLite
import StrictJSON

// A second process that does everything to approvals that can be done, at the same time as the test does. What it is told stands
// in the environment, and it tells its records line by line:
//
// PROBE_URL, PROBE_SECRET   the database, and the server's secret
// PROBE_TOKENS              a file of approval tokens, one a line, with the number of each behind it

let environment = ProcessInfo.processInfo.environment

func setting(_ name: String) -> String { environment[name] ?? "" }

let url = try DatabaseURL(setting("PROBE_URL"))
let database: any Database =
    switch url.dialect {
    case .sqlite: try await SQLiteDatabase.open(url: url)
    case .postgres: try await PostgresDatabase.open(url: url)
    }
let ledger = InMemoryLedger()
let keyring = try SecretKeyring(parsing: setting("PROBE_SECRET"))
let logger = Logger(label: "probe") { _ in SwiftLogNoOpLogHandler() }

func desk(ahead: Duration) -> ApprovalDesk {
    ApprovalDesk(
        database: database, keyring: keyring, ledger: ledger, directory: ListedApprovers(), outbox: nil, notifier: nil,
        cache: nil, metrics: nil, configuration: ApprovalConfiguration(), logger: logger,
        now: { Timestamp.now().advanced(by: ahead) })
}

let race = Race(desk: desk(ahead: .zero), lateDesk: desk(ahead: .seconds(90_000)))
let lines = try String(contentsOfFile: setting("PROBE_TOKENS"), encoding: .utf8).split(separator: "\n")
say("ready")
for line in lines {
    let words = line.split(separator: " ").map(String.init)
    guard words.count == 2, let token = ApprovalToken(words[0]), let number = Int(words[1]) else { continue }
    try await race.run(token, number: number)
}
for event in ledger.events { say(RaceRecord(event).line) }
await database.close()
say("done")

/// One write, so that a line is there whole or not at all.
func say(_ line: String) {
    let bytes = Array((line + "\n").utf8)
    _ = bytes.withUnsafeBytes { write(1, $0.baseAddress, $0.count) }
}
