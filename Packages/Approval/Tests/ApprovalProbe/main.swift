import Approval
import ApprovalRedis
import ApprovalTestSupport
import Cryptography
import Foundation
import Identity
import Logging
import NIOPosix
import Persistence
import PersistencePostgres
import PersistenceSQLite
import Redis
import StrictJSON

// A second process that does everything to approvals that can be done, at the same time as the test does, or dies in the middle of
// a decision. What it is told stands in the environment, and it tells its records line by line:
//
// PROBE_URL, PROBE_SECRET   the database, and the server's secret
// PROBE_TOKENS              a file of approval tokens, one a line, with the number of each behind it
// PROBE_DIES                `before` or `after` the commit of a no to the first of them, whose organisation is `acme`
// PROBE_REDIS               where it caches, for a decision

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
let ledger = InMemoryLedger()
let keyring = try SecretKeyring(parsing: setting("PROBE_SECRET"))
let logger = Logger(label: "probe") { _ in SwiftLogNoOpLogHandler() }
let tokens = try String(contentsOfFile: setting("PROBE_TOKENS"), encoding: .utf8).split(separator: "\n").compactMap { line in
    let words = line.split(separator: " ").map(String.init)
    return words.count == 2 ? ApprovalToken(words[0]).flatMap { token in Int(words[1]).map { (token, $0) } } : nil
}

func desk(ahead: Duration) -> ApprovalDesk {
    ApprovalDesk(
        database: database, keyring: keyring, ledger: ledger, directory: ListedApprovers(), outbox: nil, notifier: nil,
        cache: nil, metrics: nil, configuration: ApprovalConfiguration(), logger: logger,
        now: { Timestamp.now().advanced(by: ahead) })
}

if let moment = environment["PROBE_DIES"], let (token, _) = tokens.first {
    let doomed = Doomed(moment: moment)
    let client = RedisClient(
        configuration: RedisConfiguration(url: try RedisURL(parsing: setting("PROBE_REDIS"))),
        eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: logger)
    let mortal = ApprovalDesk(
        database: database, keyring: keyring, ledger: doomed, directory: ListedApprovers(), outbox: doomed,
        cache: RedisApprovalCache(client: client, deadline: .seconds(2)), logger: logger)
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await client.run() }
        let admin = Caller(
            id: CallerID(unchecked: "admin-1"), kind: .gatewayCaller, organisation: OrganisationID(unchecked: "acme"))
        _ = try await mortal.decide(ApprovalReference(token.handle), .deny, by: admin)
        group.cancelAll()
    }
    say("survived")
} else {
    let race = Race(desk: desk(ahead: .zero), lateDesk: desk(ahead: .seconds(90_000)))
    say("ready")
    for (token, number) in tokens { try await race.run(token, number: number) }
    for event in ledger.events { say(RaceRecord(event).line) }
    await database.close()
    say("done")
}
