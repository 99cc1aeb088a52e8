import DatabaseTestSupport
import Logging
import Persistence
import ServiceLifecycle
import TestKit
import Testing

@testable import Retrieval

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

@Suite("Document worker")
struct DocumentWorkerTests {
    @Test("fails a document that cannot be read, and no other", arguments: TestStore.allCases)
    func broken(_ kind: TestStore) async throws {
        try await RetrievalFixture.with(kind) { fixture in
            let owner = try RetrievalFixture.user("ada")
            let broken = try await fixture.upload("broken! turbine", of: owner)
            let blank = try await fixture.upload(" \n ", of: owner)
            let sound = try await fixture.upload("A turbine turns.", of: owner)
            while try await fixture.worker.processDue() > 0 {}
            #expect(try await fixture.status(broken, of: owner) == .failed("the PDF is broken"))
            #expect(try await fixture.status(blank, of: owner) == .failed("it holds no text"))
            #expect(try await fixture.status(sound, of: owner) == .ready)
            #expect(try await fixture.found("turbine", of: owner).map(\.documentID) == [sound])
            #expect(try fixture.files.isEmpty)
        }
    }

    @Test("tries again what may go better, a bounded number of times", arguments: TestStore.allCases)
    func again(_ kind: TestStore) async throws {
        let change = { (configuration: inout RetrievalConfiguration) in configuration.retryPause = .seconds(30) }
        try await RetrievalFixture.with(kind, change) { fixture in
            let owner = try RetrievalFixture.user("ada")
            let (busy, crash) = (try await fixture.upload("busy! x", of: owner), try await fixture.upload("crash! x", of: owner))
            #expect(try await fixture.worker.processDue() == 2)
            #expect(try await fixture.worker.processDue() == 0)
            #expect(try await fixture.status(busy, of: owner) == .processing)
            let later = Timestamp.now().advanced(by: .seconds(40))
            #expect(try await fixture.worker.processDue(at: later) == 2)
            #expect(try await fixture.worker.processDue(at: later.advanced(by: .seconds(200))) == 2)
            #expect(try await fixture.status(busy, of: owner) == .failed("the machine is short of memory"))
            #expect(try await fixture.status(crash, of: owner) == .failed("its text could not be taken out"))
            #expect(fixture.extraction.calls == 6)
        }
    }

    @Test("gives up on a text that takes too long")
    func hang() async throws {
        let change = { (configuration: inout RetrievalConfiguration) in configuration.extractionTimeout = .seconds(1) }
        try await RetrievalFixture.with(.sqlite, change) { fixture in
            let owner = try RetrievalFixture.user("ada")
            let id = try await fixture.upload("hang! x", of: owner)
            try await fixture.worker.processDue()
            guard case .failed(let reason) = try await fixture.status(id, of: owner) else {
                Issue.record("it did not fail")
                return
            }
            #expect(reason.contains("within"))
        }
    }

    @Test("takes a document over whose lease ran out, and loses its own then", arguments: TestStore.allCases)
    func takeOver(_ kind: TestStore) async throws {
        try await RetrievalFixture.with(kind) { fixture in
            let owner = try RetrievalFixture.user("ada")
            let id = try await fixture.upload("A turbine turns. " + String(repeating: "It turns. ", count: 300), of: owner)
            let leases = fixture.worker.leases
            let now = Timestamp.now()
            let first = try #require(try await leases.take(1, at: now).first)
            #expect(try await leases.take(1, at: now.advanced(by: .seconds(100))).isEmpty)
            // What a server wrote before it died.
            let passage = Passage(position: 0, page: nil, range: 0..<1, text: "turbine", overlapBytes: 0)
            #expect(try await fixture.store.passages.write([passage], of: first, until: now))

            let second = try #require(try await leases.take(1, at: now.advanced(by: .seconds(1_000))).first)
            #expect(second.attempt == 2)
            // It was dead only for others.
            #expect(try await fixture.store.passages.write([passage], of: first, until: now) == false)
            #expect(try await leases.fail(first, "x") == false)
            try await fixture.worker.makeFound(second)
            #expect(try await fixture.status(id, of: owner) == .ready)
            let document = try #require(try await fixture.store.document(id, of: owner))
            #expect(try await fixture.count("document_passages") == document.passages)

            let outcome = DocumentLeases.Outcome(pages: nil, passages: 1, findings: FindingCounts())
            #expect(try await leases.finish(first, outcome) == false)
            #expect(try await fixture.store.document(id, of: owner) == document)
        }
    }

    @Test("takes owners in turn, and one document of each at a time", arguments: TestStore.allCases)
    func turns(_ kind: TestStore) async throws {
        try await RetrievalFixture.with(kind) { fixture in
            let (ada, bob) = (try RetrievalFixture.user("ada"), try RetrievalFixture.user("bob"))
            var ids: [UUID] = []
            for number in 0..<3 { ids.append(try await fixture.upload("text \(number)", of: ada)) }
            let other = try await fixture.upload("text", of: bob)
            let leases = fixture.worker.leases
            let now = Timestamp.now().advanced(by: .seconds(1))
            let first = try await leases.take(4, at: now)
            #expect(Set(first.map(\.id)) == [ids[0], other])
            #expect(try await leases.take(4, at: now).isEmpty)
            for lease in first { #expect(try await leases.fail(lease, "x")) }
            #expect(try await leases.take(4, at: now).map(\.id) == [ids[1]])
            // Ada's last one ended before Bob's began to wait; who never had one comes before both.
            let late = try await fixture.upload("text", of: try RetrievalFixture.user("eve"))
            _ = try await fixture.upload("more", of: bob)
            #expect(try await leases.take(1, at: now).map(\.id) == [late])
        }
    }

    @Test("tries a document again after a pause when it cannot be written, and not for ever", arguments: TestStore.allCases)
    func unwritable(_ kind: TestStore) async throws {
        try await RetrievalFixture.with(kind, { $0.retryPause = .seconds(60) }) { fixture in
            let owner = try RetrievalFixture.user("ada")
            let id = try await fixture.upload("text", of: owner)
            try await fixture.database.write { connection in
                _ = try connection.execute("ALTER TABLE document_passages RENAME COLUMN text_start TO begins")
            }
            let now = Timestamp.now()
            #expect(try await fixture.worker.processDue(at: now) == 1)
            #expect(try await fixture.worker.processDue(at: now) == 0)
            #expect(try await fixture.status(id, of: owner) == .processing)
            // At this time all pauses are over.
            try await fixture.worker.processDue(at: now.advanced(by: .seconds(3_600)))
            #expect(fixture.extraction.calls == 3)
            #expect(try await fixture.status(id, of: owner) == .failed("it could not be processed in 3 attempts"))
        }
    }

    @Test(
        "gives back what it began when it is stopped, and that is no attempt", .timeLimit(.minutes(2)),
        arguments: TestStore.allCases)
    func stopped(_ kind: TestStore) async throws {
        try await RetrievalFixture.with(kind) { fixture in
            let owner = try RetrievalFixture.user("ada")
            let id = try await fixture.upload("hang! x", of: owner)
            for number in 1...4 {
                let task = Task { try await fixture.worker.processDue() }
                while fixture.extraction.calls < number { try await Task.sleep(for: .milliseconds(2)) }
                task.cancel()
                _ = await task.result
            }
            fixture.extraction.mend()
            #expect(try await fixture.worker.processDue() == 1)
            #expect(try await fixture.status(id, of: owner) == .ready)
        }
    }

    @Test("writes a text that is one character in batches that every store takes", arguments: TestStore.allCases)
    func giant(_ kind: TestStore) async throws {
        try await RetrievalFixture.with(kind) { fixture in
            let owner = try RetrievalFixture.user("ada")
            let id = try await fixture.add("a" + String(repeating: "\u{301}", count: 400_000), of: owner)
            let document = try #require(try await fixture.store.document(id, of: owner))
            #expect(document.passages > PassageTable.batch)
            #expect(try await fixture.count("document_passages") == document.passages)
        }
    }

    @Test("gives up on a document that ends every server", arguments: TestStore.allCases)
    func poison(_ kind: TestStore) async throws {
        try await RetrievalFixture.with(kind) { fixture in
            let owner = try RetrievalFixture.user("ada")
            let id = try await fixture.upload("text", of: owner)
            var now = Timestamp.now()
            for _ in 0..<3 {
                // A server that dies says nothing.
                #expect(try await fixture.worker.leases.take(1, at: now).count == 1)
                now = now.advanced(by: .seconds(1_000))
            }
            try await fixture.worker.processDue(at: now)
            #expect(try await fixture.status(id, of: owner) == .failed("it could not be processed in 3 attempts"))
            #expect(fixture.extraction.calls == 0)
        }
    }

    @Test("stops when the document is deleted meanwhile", arguments: TestStore.allCases)
    func deletedMeanwhile(_ kind: TestStore) async throws {
        try await RetrievalFixture.with(kind) { fixture in
            let owner = try RetrievalFixture.user("ada")
            let id = try await fixture.upload("A turbine turns.", of: owner)
            let lease = try #require(try await fixture.worker.leases.take(1, at: .now()).first)
            #expect(try await fixture.store.delete(id, of: owner))
            try await fixture.worker.makeFound(lease)
            #expect(try await fixture.count("document_passages") == 0)
            #expect(try await fixture.count("documents") == 0)
        }
    }

    @Test("processes on the server that has the file, and gives up where that is gone", arguments: TestStore.allCases)
    func cluster(_ kind: TestStore) async throws {
        try await RetrievalFixture.with(kind) { fixture in
            try await withTemporaryDirectory { path in
                let other = try await RetrievalFixture.make(fixture.database, path: path)
                let owner = try RetrievalFixture.user("ada")
                let id = try await fixture.upload("A turbine turns.", of: owner)
                #expect(try await other.worker.processDue() == 0)
                try await other.worker.leases.failAbandoned(at: .now())
                #expect(try await fixture.status(id, of: owner) == .processing)
                try await fixture.worker.leases.failAbandoned(at: Timestamp.now().advanced(by: .seconds(100_000)))
                #expect(try await fixture.status(id, of: owner) == .processing)
                try await other.worker.leases.failAbandoned(at: Timestamp.now().advanced(by: .seconds(100_000)))
                #expect(
                    try await fixture.status(id, of: owner)
                        == .failed("the server that held the file is gone; upload it again"))
                // A folder that is opened again belongs to the same server.
                #expect(try await DocumentFolder.open(path: path).server == other.folder.server)
                #expect(fixture.folder.server != other.folder.server)
            }
        }
    }

    @Test("removes what a server left that died while it deleted", arguments: TestStore.allCases)
    func interruptedDeletion(_ kind: TestStore) async throws {
        try await RetrievalFixture.with(kind) { fixture in
            let owner = try RetrievalFixture.user("ada")
            let id = try await fixture.add("A turbine turns.", of: owner)
            try await fixture.database.transaction { connection in
                let number = try #require(try connection.queryOne("SELECT number FROM document_owners")?["number"])
                #expect(try DocumentStore.hide(id, ofOwner: number, on: connection))
            }
            #expect(try await fixture.store.document(id, of: owner) == nil)
            #expect(try await fixture.store.page(of: owner).documents.isEmpty)
            #expect(try await fixture.found("turbine", of: owner).isEmpty)
            try await fixture.worker.processDue()
            #expect(try await fixture.count("documents") == 0)
            #expect(try await fixture.count("document_passages") == 0)
            #expect(try await fixture.indexed("turbine") == 0)
        }
    }

    @Test("removes files that no document waits for, and no others", arguments: TestStore.allCases)
    func orphans(_ kind: TestStore) async throws {
        try await RetrievalFixture.with(kind) { fixture in
            let owner = try RetrievalFixture.user("ada")
            let id = try await fixture.upload("text", of: owner)
            let orphan = try await fixture.folder.begin(.init())
            try await fixture.folder.append([1], to: orphan)
            try await fixture.folder.keep(orphan)
            let part = try await fixture.folder.begin(.init())
            #expect(try fixture.files.count == 3)
            try await fixture.worker.sweepOnce()
            #expect(try fixture.files.count == 3)
            try await fixture.worker.sweepOnce(olderThan: 0)
            #expect(try fixture.files == ["\(id.uuidString.lowercased()).document"])
            await fixture.folder.discard(part)
        }
    }

    @Test("lets the documents of a session go with it", arguments: TestStore.allCases)
    func expiry(_ kind: TestStore) async throws {
        try await RetrievalFixture.with(kind) { fixture in
            let session = try DocumentOwner(session: "anon_one", keyring: RetrievalFixture.keyring)
            let ada = try RetrievalFixture.user("ada")
            let (passing, lasting) = (try await fixture.add("text", of: session), try await fixture.add("text", of: ada))
            try await fixture.worker.leases.hideExpired(at: .now())
            #expect(try await fixture.status(passing, of: session) == .ready)
            // A later upload prolongs the session, and so all that belongs to it.
            let later = try await fixture.add("more text", of: session)
            let week = Timestamp.now().advanced(by: .seconds(8 * 86_400))
            try await fixture.database.write { connection in
                _ = try connection.execute("UPDATE documents SET created_at = \(week) WHERE id = \(later)")
            }
            try await fixture.worker.leases.hideExpired(at: week)
            #expect(try await fixture.status(passing, of: session) == .ready)
            #expect(try await fixture.store.delete(later, of: session))
            try await fixture.worker.leases.hideExpired(at: week)
            #expect(try await fixture.status(passing, of: session) == nil)
            #expect(try await fixture.status(lasting, of: ada) == .ready)
        }
    }

    @Test("tells what secrets a text holds, once each, and leaves the text as it is", arguments: TestStore.allCases)
    func findings(_ kind: TestStore) async throws {
        try await RetrievalFixture.with(kind) { fixture in
            let owner = try RetrievalFixture.user("ada")
            let key = "AKIA" + "Q3EGRIVLXJYZ5N2P"
            let text = String(repeating: "Plain words stand here. ", count: 38) + "aws_access_key_id = \(key) . " + "More words. "
            let id = try await fixture.add(text + String(repeating: "And more. ", count: 200), of: owner)
            let document = try #require(try await fixture.store.document(id, of: owner))
            #expect(document.findings.values.reduce(0, +) >= 1)
            #expect(document.findings.allSatisfy { $0.value == 1 }, "\(document.findings)")
            #expect(!document.findings.description.contains(key))
            #expect(try await fixture.found("aws access key", of: owner).contains { $0.text.contains(key) })
        }
    }

    @Test("processes by itself what is uploaded, until the group shuts down", arguments: TestStore.allCases)
    func service(_ kind: TestStore) async throws {
        let change = { (configuration: inout RetrievalConfiguration) in configuration.pollPause = .milliseconds(20) }
        try await RetrievalFixture.with(kind, change) { fixture in
            let (ends, end) = AsyncStream<UUID>.makeStream()
            var worker = fixture.worker
            worker.ended = { end.yield($0) }
            let group = ServiceGroup(services: [worker], gracefulShutdownSignals: [], logger: quiet)
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try await group.run() }
                let owner = try RetrievalFixture.user("ada")
                let id = try await fixture.upload("A turbine turns.", of: owner)
                #expect(await ends.first { _ in true } == id)
                #expect(try await fixture.status(id, of: owner) == .ready)
                await group.triggerGracefulShutdown()
                try await tasks.waitForAll()
            }
        }
    }
}
