import Foundation
import KnowledgeFreshness
import Logging
import Outbound
import Persistence
import PersistencePostgres
import PersistenceSQLite
import StalenessIndex

// Checks what is queued, and ends itself with SIGKILL where it is told to. What it is told stands in the environment:
//
// PROBE_URL     the database
// PROBE_INDEX   the URL of the index
// PROBE_STEP    the step at which the process ends; none if unset
//
// It says "ready", and runs until it is ended.

let environment = ProcessInfo.processInfo.environment
let url = try DatabaseURL(environment["PROBE_URL"] ?? "")
let database: any Database =
    switch url.dialect {
    case .sqlite: try await SQLiteDatabase.open(url: url)
    case .postgres: try await PostgresDatabase.open(url: url)
    }
let logger = Logger(label: "probe", factory: { _ in SwiftLogNoOpLogHandler() })
let indexConfiguration = try PackageIndexConfiguration(baseURL: environment["PROBE_INDEX"] ?? "")
let client = try OutboundClient(
    policy: indexConfiguration.addressPolicy, configuration: indexConfiguration.outboundConfiguration, logger: logger)
let index = try PackageIndexClient(indexConfiguration, client: client, logger: logger)

var seams = WorkerSeams()
if let last = CheckStep(rawValue: environment["PROBE_STEP"] ?? "") {
    seams.reached = { step in
        if step == last { kill(getpid(), SIGKILL) }
    }
}
var configuration = FreshnessConfiguration()
configuration.pollPause = .milliseconds(10)
configuration.checksPerMinute = 100_000
let worker = try FreshnessWorker(
    database: database, queue: FreshnessQueue(), index: index, configuration: configuration, metrics: nil, logger: logger,
    seams: seams)
FileHandle.standardOutput.write(Data("ready\n".utf8))
await worker.run()
