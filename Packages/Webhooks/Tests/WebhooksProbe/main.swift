import Cryptography
import Foundation
import Logging
import Outbound
import Persistence
import PersistencePostgres
import PersistenceSQLite
import Webhooks

// Delivers what is in an outbox, and ends itself with SIGKILL where it is told to. What it is told stands in the environment:
//
// PROBE_URL, PROBE_SECRET   the database, and the server's secret
// PROBE_ALLOWED             destinations that are allowed beside public ones, without TLS too
// PROBE_STEP, PROBE_HIT     the step at whose n-th time the process ends; none if unset
//
// It says "ready", and runs until it is ended.

let environment = ProcessInfo.processInfo.environment

func setting(_ name: String) -> String { environment[name] ?? "" }

let url = try DatabaseURL(setting("PROBE_URL"))
let database: any Database =
    switch url.dialect {
    case .sqlite: try await SQLiteDatabase.open(url: url)
    case .postgres: try await PostgresDatabase.open(url: url)
    }
let logger = Logger(label: "probe", factory: { _ in SwiftLogNoOpLogHandler() })
let client = try OutboundClient(
    policy: AddressPolicy(allowsPlainHTTP: true, allowed: AllowedDestination.list(parsing: setting("PROBE_ALLOWED"))),
    configuration: WebhookConfiguration().outbound, logger: logger)

var seams = DispatcherSeams()
if let step = DispatchStep(rawValue: setting("PROBE_STEP")), let last = Int(setting("PROBE_HIT")) {
    let hits = HitCounter()
    seams.reached = { reached in
        guard reached == step, hits.next() == last else { return }
        kill(getpid(), SIGKILL)
    }
}
var configuration = WebhookConfiguration()
configuration.pollPause = .milliseconds(10)
let dispatcher = try WebhookDispatcher(
    database: database, outbox: WebhookOutbox(), client: client, keyring: SecretKeyring(parsing: setting("PROBE_SECRET")),
    configuration: configuration, metrics: nil, logger: logger, seams: seams)
FileHandle.standardOutput.write(Data("ready\n".utf8))
await dispatcher.run()
