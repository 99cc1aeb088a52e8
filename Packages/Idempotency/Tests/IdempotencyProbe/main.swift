import Cryptography
import Foundation
import HTTPCore
import HTTPTypes
import Idempotency
import Identity
import Logging
import Persistence
import PersistencePostgres
import PersistenceSQLite

// A second server beside the test. What it is told stands in the environment:
//
// PROBE_URL, PROBE_SECRET   the database, and the server's secret
// PROBE_COUNT               claims the keys k0, k1, …, tells which of them it got, and settles none; then waits to be ended

let environment = ProcessInfo.processInfo.environment

func setting(_ name: String) -> String { environment[name] ?? "" }

/// One write, so that a line is there whole or not at all.
func say(_ line: String) {
    let bytes = Array((line + "\n").utf8)
    _ = bytes.withUnsafeBytes { write(1, $0.baseAddress, $0.count) }
}

let url = try DatabaseURL(setting("PROBE_URL"))
let database: any Database =
    switch url.dialect {
    case .sqlite: try await SQLiteDatabase.open(url: url)
    case .postgres: try await PostgresDatabase.open(url: url)
    }
let store = IdempotencyStore(
    database: database, keyring: try SecretKeyring(parsing: setting("PROBE_SECRET")),
    logger: Logger(label: "probe") { _ in SwiftLogNoOpLogHandler() })
say("ready")
for number in 0..<(Int(setting("PROBE_COUNT")) ?? 0) {
    guard let key = IdempotencyKey("k\(number)") else { continue }
    let request = IdempotentRequest(
        key: key, caller: Caller(id: CallerID(unchecked: "ada"), kind: .user), method: .post, path: "/things/{name}",
        deadline: .seconds(30))
    do {
        if case .run = try await store.claim(request) { say("won \(number)") }
    } catch let problem as Problem {
        say("lost \(number) \(problem.status.code)")
    }
}
say("done")
try await Task.sleep(for: .seconds(600))
