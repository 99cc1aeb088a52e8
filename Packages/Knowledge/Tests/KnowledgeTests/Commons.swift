import CommonsSchema
import ContentScreening
import Cryptography
import DatabaseTestSupport
import Foundation
import Identity
import Knowledge
import KnowledgeSchema
import Logging
import Migrations
import Persistence
import PersistencePostgres
import PersistenceSQLite
import SchemasTestSupport
import Synchronization
import Testing

/// A commons of a few users over a database of its own, with all its stores.
struct Commons {
    static let author = Self.user(1)
    static let voter = Self.user(2)

    let database: any Database
    let traces: TraceStore
    let votes: VoteStore
    let amendments: AmendmentStore
    let flags: FlagStore
    let ledger: RecordedModeration
    let moderation: TraceModeration
    let reputations: ReputationStore

    /// The id of a user by number, 1 to 99.
    static func user(_ number: Int) -> String {
        "00000000-0000-4000-8000-0000000000" + (number < 10 ? "0" : "") + String(number)
    }

    /// Lends a commons with the users 1 to `users`.
    static func with(
        _ kind: TestStore, users: Int = 4, threshold: Int = 2, _ body: (Commons) async throws -> Void
    ) async throws {
        try await withTestDatabaseURL(kind) { url in
            let database = try await Self.open(url, kind)
            do {
                let chains = [CommonsRevisions.chain, KnowledgeRevisions.chain]
                try await Migrator(database: database, chains: chains, lock: NoMigrationLock()).upgrade(to: .head)
                try await body(try await Commons(database: database, users: users, threshold: threshold))
            } catch {
                await database.close()
                throw error
            }
            await database.close()
        }
    }

    /// Many at once wait for their turn, on a busy machine for long.
    private static func open(_ url: DatabaseURL, _ kind: TestStore) async throws -> any Database {
        switch kind {
        case .sqlite:
            try await SQLiteDatabase.open(url: url, configuration: SQLiteConfiguration(waitDeadline: .seconds(120)))
        case .postgres:
            try await PostgresDatabase.open(url: url, configuration: PostgresConfiguration(waitDeadline: .seconds(120)))
        }
    }

    private init(database: any Database, users: Int, threshold: Int) async throws {
        let now = Timestamp.now()
        try await database.transaction { connection in
            for number in 1...users {
                try connection.execute(
                    "INSERT INTO users (id, created_at, updated_at) VALUES (\(Self.user(number)), \(now), \(now))")
            }
        }
        let keyring = SecretKeyring(current: try ServerSecret.random())
        self.database = database
        self.traces = TraceStore(database: database)
        self.votes = try VoteStore(database: database, threshold: threshold)
        self.amendments = AmendmentStore(database: database, keyring: keyring)
        self.flags = FlagStore(database: database)
        self.ledger = RecordedModeration()
        self.moderation = TraceModeration(
            database: database, ledger: self.ledger, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        self.reputations = ReputationStore(database: database)
    }

    private static let gate = ContentGate()

    /// What a gate has admitted.
    static func screened<Content: Screenable>(_ content: Content) async throws -> Screened<Content> {
        try #require(try await Self.gate.screen(content).admitted)
    }

    /// A new trace's id.
    func share(tags: [String] = [], by author: String = Commons.author) async throws -> String {
        let draft = TraceDraft(title: "t", contextText: "c", solutionText: "s", tags: tags)
        return try await self.traces.add(try await Self.screened(draft), from: author)
    }

    @discardableResult
    func vote(_ kind: Vote.Kind, on trace: String, by voter: String) async throws -> VoteOutcome {
        let draft = try #require(VoteDraft(kind, feedbackTag: kind == .down ? .wrong : nil))
        return try await self.votes.cast(try await Self.screened(draft), on: trace, by: voter)
    }

    func flag(_ trace: String, by reporter: String = Commons.voter, reason: String = "r") async throws -> FlagOutcome {
        try await self.flags.report(
            try await Self.screened(FlagDraft(category: .spam, reason: reason)), on: trace, by: reporter)
    }

    /// Gives a user a score under a tag, or over all.
    func score(_ user: String, _ score: Double, in tag: String? = nil) async throws {
        let now = Timestamp.now()
        try await self.database.write { connection in
            if let tag {
                try connection.execute(
                    """
                    INSERT INTO contributor_domain_reputation
                        (id, contributor_id, domain_tag, upvote_count, downvote_count, wilson_score, updated_at)
                    VALUES (\(UUID()), \(user), \(tag), 0, 0, \(score), \(now))
                    """)
            } else {
                try connection.execute("UPDATE users SET reputation_score = \(score) WHERE id = \(user)")
            }
        }
    }

    /// One number.
    func number<Value: SQLDecodable & Sendable>(_ query: SQL, as type: Value.Type = Int.self) async throws -> Value {
        try #require(try await self.database.queryOne(query)).decode("n")
    }

    static let moderator = ModerationAuthor(
        caller: Caller(id: CallerID(unchecked: Commons.user(3)), kind: .user, role: Role(unchecked: "moderator")),
        clientAddress: IPAddress("192.0.2.7"), requestID: "req-1")
}

/// Keeps what is recorded of moderators, and refuses when it is told to.
final class RecordedModeration: ModerationLedger {
    private let state = Mutex<(changes: [ModerationChange], refuses: Bool)>(([], false))

    var changes: [ModerationChange] { self.state.withLock { $0.changes } }

    /// From now on nothing can be recorded.
    func refuse() { self.state.withLock { $0.refuses = true } }

    func record(_ change: ModerationChange) async -> Bool {
        self.state.withLock { state in
            if state.refuses { return false }
            state.changes.append(change)
            return true
        }
    }
}
