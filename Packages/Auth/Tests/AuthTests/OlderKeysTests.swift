import Cryptography
import Dispatch
import Identity
import Persistence
import DatabaseTestSupport
import SchemasTestSupport
import Synchronization
import TestKit
import Testing

@testable import Auth

@Suite("Keys that other tools hashed")
struct OlderKeysTests {
    /// Put together here, so that nothing in the source looks like a key.
    private let key = ["seeded", "developer", "key"].joined(separator: "-")

    private func hash(_ key: String, kind: String = "$2b$", cost: Int = 4) throws -> String {
        kind + (try Bcrypt.hash(Array(key.utf8), cost: cost).text.dropFirst(4))
    }

    @Test(
        "work at once after a seeder's INSERT, and then by their digest", arguments: ["$2a$", "$2b$", "$2y$"], TestStore.allCases)
    func seeded(_ kind: String, _ store: TestStore) async throws {
        try await AuthFixture.with(store) { fixture in
            try await fixture.seed("dev-agent", hash: try self.hash(self.key, kind: kind))
            let caller = try #require(try await fixture.authority().caller(presenting: self.key))
            #expect(caller.id.text == "dev-agent")
            #expect(caller.kind == .gatewayCaller)
            #expect(caller.role == .developer)
            #expect(caller.trustLevel == .medium)
            #expect(caller.keyID != nil)
            #expect(try await fixture.number("SELECT count(*) AS n FROM caller_key_candidates") == 0)
            let hashes = CountedHashes()
            #expect(try await fixture.authority(hashes: hashes).caller(presenting: self.key) == caller)
            #expect(hashes.count == 0)
            let record = try #require(try await fixture.store.keys(of: "dev-agent").first)
            #expect(record.id == caller.keyID)
            try await fixture.store.setPerson("jo@example.org", of: record.id)
            #expect(try await fixture.authority().caller(presenting: self.key)?.person?.text == "jo@example.org")
            try await fixture.store.revoke(record.id)
            #expect(try await fixture.authority().caller(presenting: self.key) == nil)
        }
    }

    @Test("cost a fixed number of hashes at each attempt, however many rows wait", arguments: [30, 300], TestStore.allCases)
    func boundedWork(_ rows: Int, _ store: TestStore) async throws {
        try await AuthFixture.with(store) { fixture in
            try await fixture.seedMany(1...rows)
            let hashes = CountedHashes([1: self.key])
            let authority = fixture.authority(hashes: hashes)
            // A wrong key, again and again, until all rows were tried; then it costs nothing any more.
            var last = 0
            while true {
                #expect(try await authority.caller(presenting: "wrong") == nil)
                let count = hashes.count
                #expect(count - last <= 8)
                if count == last { break }
                last = count
            }
            #expect(last == rows)
            // The right one fits the oldest row, so it gets there last.
            var attempts = 0
            var caller: Caller?
            while caller == nil, attempts <= rows {
                attempts += 1
                caller = try await authority.caller(presenting: self.key)
            }
            #expect(caller?.id.text == "agent-1")
            #expect(attempts == (rows + 7) / 8)
        }
    }

    @Test("are found by one hash when the request names their caller", arguments: TestStore.allCases)
    func hint(_ store: TestStore) async throws {
        try await AuthFixture.with(store) { fixture in
            try await fixture.seedMany(1...300)
            let hashes = CountedHashes([7: self.key])
            let authority = fixture.authority(hashes: hashes)
            let hint = CallerID(unchecked: "agent-7")
            #expect(try await authority.caller(presenting: self.key, hint: hint)?.id == hint)
            #expect(hashes.count == 1)
            // Whoever names others gets nothing by it, and each row is tried once.
            for (index, name) in ["agent-8", "agent-8", "nobody", "agent-9"].enumerated() {
                let before = hashes.count
                #expect(try await authority.caller(presenting: "wrong", hint: CallerID(unchecked: name)) == nil)
                #expect(hashes.count - before <= 8, "\(index)")
            }
            #expect(try await authority.caller(presenting: self.key, hint: CallerID(unchecked: "agent-8"))?.id == hint)
        }
    }

    @Test("cost no hash once they are known, with any number of rows beside", arguments: TestStore.allCases)
    func manyRows(_ store: TestStore) async throws {
        try await AuthFixture.with(store) { fixture in
            let rows = TestRun.count(5_000, long: 100_000)
            let own = try await fixture.store.createUser(email: nil, displayName: nil).key
            try await fixture.seedMany(1...rows)
            #expect(try await fixture.number("SELECT count(*) AS n FROM caller_key_candidates") == rows)
            let hashes = CountedHashes([rows: self.key])
            let authority = fixture.authority(hashes: hashes)
            // The newest row is tried first.
            #expect(try await authority.caller(presenting: self.key)?.id.text == "agent-\(rows)")
            #expect(hashes.count == 1)
            for key in [self.key, own.text] { #expect(try await authority.caller(presenting: key) != nil) }
            #expect(hashes.count == 1)
        }
    }

    @Test("are not looked for when a text cannot be one", arguments: TestStore.allCases)
    func noHash(_ store: TestStore) async throws {
        try await AuthFixture.with(store) { fixture in
            try await fixture.seedMany(1...3)
            let hashes = CountedHashes()
            let authority = fixture.authority(hashes: hashes)
            let texts = [
                try APIKey().text, "gth_", String(repeating: "k", count: 73), "nul\u{0}", "",
                String(try APIKey().text.dropLast()) + "!",
            ]
            for text in texts { #expect(try await authority.caller(presenting: text) == nil) }
            #expect(hashes.count == 0)
            // A wrong tail does not reach the database either.
            await fixture.database.close()
            #expect(try await authority.caller(presenting: "gth_" + String(repeating: "0", count: 46)) == nil)
        }
    }

    @Test("are not what is stored of them, nor SQL", arguments: TestStore.allCases)
    func storedTexts(_ store: TestStore) async throws {
        try await AuthFixture.with(store) { fixture in
            let hash = try self.hash(self.key)
            try await fixture.seed("dev-agent", hash: hash)
            let authority = fixture.authority()
            let texts = [hash, SHA256.hash(self.key.utf8).hex, "' OR '1'='1", "Bearer ' OR '1'='1", "dev-agent", "%", "$2b$"]
            for text in texts + HostileTexts.all {
                #expect(try await authority.caller(presenting: text, hint: CallerID(unchecked: text)) == nil)
            }
            #expect(try await authority.caller(presenting: self.key) != nil)
            for text in texts { #expect(try await authority.caller(presenting: text) == nil) }
        }
    }

    @Test("pass over rows without a usable hash, which are told of once", arguments: TestStore.allCases)
    func malformed(_ store: TestStore) async throws {
        try await AuthFixture.with(store) { fixture in
            let broken = ["", "x", "$2b$12$short", "$2x$" + CountedHashes.hash(1).dropFirst(4), CountedHashes.hash(1, cost: 31)]
            try await fixture.seed("dev-agent", hash: try self.hash(self.key))
            for (index, hash) in broken.enumerated() { try await fixture.seed("broken-\(index)", hash: hash) }
            let log = RecordedLog()
            let authority = fixture.authority(log: log)
            for _ in 0..<3 { #expect(try await authority.caller(presenting: "wrong") == nil) }
            #expect(try await authority.caller(presenting: self.key) != nil)
            #expect(log.all.count == broken.count)
            #expect(log.all.allSatisfy { $0.contains("no usable bcrypt hash") && !$0.contains("$2") })
            // A row that gets a usable hash is tried again.
            try await fixture.run("UPDATE api_keys SET key_hash = \(try self.hash("repaired")) WHERE caller_id = 'broken-0'")
            #expect(try await authority.caller(presenting: "repaired")?.id.text == "broken-0")
        }
    }

    @Test("end, or change, at the next poll after their row did", arguments: TestStore.allCases)
    func rowChanges(_ store: TestStore) async throws {
        try await AuthFixture.with(store) { fixture in
            let authority = fixture.authority()
            try await fixture.seed("dev-agent", hash: try self.hash(self.key))
            await authority.poll()
            let id = try #require(try await authority.caller(presenting: self.key)?.keyID)
            let changes: [(SQL, Bool)] = [
                ("UPDATE api_keys SET is_active = FALSE", false),
                ("UPDATE api_keys SET is_active = TRUE", true),
                ("UPDATE api_keys SET key_hash = \(try self.hash("other"))", false),
                // The same key, hashed again.
                ("UPDATE api_keys SET key_hash = \(try self.hash(self.key, cost: 5))", true),
                ("UPDATE api_keys SET caller_id = 'renamed'", true),
                ("DELETE FROM api_keys", false),
            ]
            for (change, isValid) in changes {
                try await fixture.run(change)
                await authority.poll()
                #expect(try await (authority.caller(presenting: self.key) != nil) == isValid, "\(change)")
            }
            // What was revoked stays so, even if a tool writes the key again.
            try await fixture.seed("dev-agent", hash: try self.hash(self.key))
            #expect(try await authority.caller(presenting: self.key)?.keyID == id)
            try await authority.revoke(id)
            try await fixture.run("UPDATE api_keys SET key_hash = \(try self.hash(self.key))")
            #expect(try await authority.caller(presenting: self.key) == nil)
        }
    }

    @Test("end at the next poll after SQLite replaced their row as a whole")
    func replacedRow() async throws {
        try await AuthFixture.with(.sqlite) { fixture in
            let authority = fixture.authority()
            try await fixture.seed("dev-agent", hash: try self.hash(self.key))
            await authority.poll()
            #expect(try await authority.caller(presenting: self.key) != nil)
            try await fixture.run(
                """
                INSERT OR REPLACE INTO api_keys (caller_id, key_hash, role, trust_level, environment)
                VALUES ('dev-agent', \(try self.hash("next")), 'developer', 2, 'dev')
                """)
            await authority.poll()
            #expect(try await authority.caller(presenting: self.key) == nil)
            #expect(try await authority.caller(presenting: "next")?.id.text == "dev-agent")
            #expect(try await fixture.number("SELECT count(*) AS n FROM caller_key_candidates") == 0)
        }
    }

    @Test("work at once even if they were presented before their row was there", arguments: TestStore.allCases)
    func presentedTooEarly(_ store: TestStore) async throws {
        try await AuthFixture.with(store) { fixture in
            try await fixture.seedMany(1...3)
            let hashes = CountedHashes([4: self.key])
            let authority = fixture.authority(hashes: hashes)
            for _ in 0..<2 { #expect(try await authority.caller(presenting: self.key) == nil) }
            #expect(hashes.count == 3)
            try await fixture.seedMany(4...4)
            #expect(try await authority.caller(presenting: self.key)?.id.text == "agent-4")
            #expect(hashes.count == 4)
        }
    }

    @Test("are numbered in the order in which their transactions end")
    func commitOrder() async throws {
        try await AuthFixture.with(.postgres) { fixture in
            let hashes = CountedHashes([1: self.key])
            let authority = fixture.authority(hashes: hashes)
            let database = fixture.database
            let (inserted, goOn) = (AsyncStream<Void>.makeStream(), DispatchSemaphore(value: 0))
            async let slow: Void = database.transaction(isolation: .readCommitted) { connection in
                try connection.execute(
                    """
                    INSERT INTO api_keys (caller_id, key_hash, role, trust_level, environment)
                    VALUES ('slow', \(CountedHashes.hash(1)), 'developer', 2, 'dev')
                    """)
                inserted.continuation.finish()
                _ = goOn.wait(timeout: .now() + 10)
            }
            for await _ in inserted.stream {}
            try await fixture.seedMany(2...3)
            #expect(try await authority.caller(presenting: self.key) == nil)
            #expect(hashes.count == 2)
            goOn.signal()
            try await slow
            #expect(try await authority.caller(presenting: self.key)?.id.text == "slow")
        }
    }

    @Test("are tried once for fifty requests that present them at once", arguments: TestStore.allCases)
    func burst(_ store: TestStore) async throws {
        try await AuthFixture.with(store) { fixture in
            try await fixture.seedMany(1...1)
            let hashes = CountedHashes([1: self.key])
            let authority = fixture.authority(hashes: hashes)
            let key = self.key
            let admitted = try await withThrowingTaskGroup(of: Bool.self) { group in
                for _ in 0..<50 { group.addTask { try await authority.caller(presenting: key) != nil } }
                return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            #expect(admitted == 50)
            #expect(hashes.count == 1)
            #expect(try await fixture.store.keys().count == 1)
        }
    }

    @Test("are tried a few at a time; further ones are told to come back", arguments: TestStore.allCases)
    func busy(_ store: TestStore) async throws {
        try await AuthFixture.with(store) { fixture in
            try await fixture.seedMany(1...1)
            let (begun, goOn) = (AsyncStream<Void>.makeStream(), DispatchSemaphore(value: 0))
            let hashes = CountedHashes {
                begun.continuation.yield()
                _ = goOn.wait(timeout: .now() + 10)
            }
            let authority = fixture.authority(hashes: hashes) { $0.maximumAttempts = 1 }
            let known = try await fixture.store.createUser(email: nil, displayName: nil).key
            async let first = authority.caller(presenting: "first")
            for await _ in begun.stream { break }
            let error = await #expect(throws: AuthError.self) { try await authority.caller(presenting: "second") }
            #expect(error?.code == .tooManyAttempts)
            // Nobody else notices.
            #expect(try await authority.caller(presenting: known.text) != nil)
            goOn.signal()
            #expect(try await first == nil)
        }
    }
}
