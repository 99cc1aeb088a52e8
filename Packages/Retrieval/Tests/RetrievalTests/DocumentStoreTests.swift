import DatabaseTestSupport
import Identity
import Persistence
import Testing

@testable import Retrieval

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

@Suite("Document store")
struct DocumentStoreTests {
    @Test("keeps what was uploaded, whole, until it is processed", arguments: TestStore.allCases)
    func upload(_ kind: TestStore) async throws {
        try await RetrievalFixture.with(kind) { fixture in
            let owner = try RetrievalFixture.user("ada")
            let text = String(repeating: "Sluice gates hold water. ", count: 400)
            let id = try await fixture.upload(text, name: "../etc/Wärme\u{202E}.txt", of: owner)
            let document = try #require(try await fixture.store.document(id, of: owner))
            #expect(document.status == .processing)
            #expect(document.filename == "Wärme.txt")
            #expect(document.contentType == "text/plain")
            #expect(document.bytes == text.utf8.count)
            #expect(document.sha256.utf8.count == 64)
            #expect(try fixture.files == ["\(id.uuidString.lowercased()).document"])
            #expect(try await fixture.found("sluice", of: owner).isEmpty)

            try await fixture.worker.processDue()
            let ready = try #require(try await fixture.store.document(id, of: owner))
            #expect(ready.status == .ready)
            #expect(ready.passages > 9)
            #expect(ready.pages == nil)
            #expect(ready.updatedAt >= ready.createdAt)
            #expect(try fixture.files.isEmpty)
            #expect(try await fixture.count("document_passages") == ready.passages)
        }
    }

    @Test("shows documents to their owner alone, and deletes them for nobody else", arguments: TestStore.allCases)
    func owners(_ kind: TestStore) async throws {
        try await RetrievalFixture.with(kind) { fixture in
            let owners = [
                try RetrievalFixture.user("ada"), try RetrievalFixture.user("bob"),
                // Another caller by the same name.
                try #require(DocumentOwner(Caller(id: CallerID(unchecked: "ada"), kind: .gatewayCaller))),
                try DocumentOwner(session: "anon_one", keyring: RetrievalFixture.keyring),
                try DocumentOwner(session: "anon_two", keyring: RetrievalFixture.keyring),
            ]
            #expect(DocumentOwner(.anonymous) == nil)
            for (index, owner) in owners.enumerated() {
                let id = try await fixture.add("The password of turbine number \(index) hangs at the wall.", of: owner)
                for other in owners where other != owner {
                    #expect(try await fixture.store.document(id, of: other) == nil)
                    #expect(try await fixture.store.delete(id, of: other) == false)
                }
            }
            for owner in owners {
                #expect(try await fixture.store.page(of: owner).documents.count == 1)
                #expect(try await fixture.found("turbine password", of: owner).count == 1)
            }
            #expect(try await fixture.found("turbine", of: try RetrievalFixture.user("eve")).isEmpty)
        }
    }

    @Test("keeps no session as it is")
    func sessions() throws {
        let owner = try DocumentOwner(session: "anon_secret", keyring: RetrievalFixture.keyring)
        #expect(!owner.key.contains("anon_secret"))
        #expect(owner == (try DocumentOwner(session: "anon_secret", keyring: RetrievalFixture.keyring)))
    }

    @Test("lists documents page by page, the newest first", arguments: TestStore.allCases)
    func pages(_ kind: TestStore) async throws {
        try await RetrievalFixture.with(kind) { fixture in
            let owner = try RetrievalFixture.user("ada")
            for number in 0..<5 { try await fixture.upload("text", name: "\(number).txt", of: owner) }
            var names: [String] = []
            var cursor: String?
            repeat {
                let page = try await fixture.store.page(of: owner, limit: 2, after: cursor)
                names += page.documents.map(\.filename)
                cursor = page.next
            } while cursor != nil
            #expect(names == ["4.txt", "3.txt", "2.txt", "1.txt", "0.txt"])

            let next = try #require(try await fixture.store.page(of: owner, limit: 2).next)
            for (other, cursor) in [(owner, "x"), (try RetrievalFixture.user("bob"), next)] {
                await #expect(throws: RetrievalError(.invalidPage, message: "")) {
                    try await fixture.store.page(of: other, limit: 2, after: cursor)
                }
            }
            await #expect(throws: RetrievalError(.invalidPage, message: "")) {
                try await fixture.store.page(of: owner, limit: 101)
            }
        }
    }

    @Test("deletes a document with all that belongs to it", arguments: TestStore.allCases)
    func delete(_ kind: TestStore) async throws {
        try await RetrievalFixture.with(kind) { fixture in
            let owner = try RetrievalFixture.user("ada")
            let text = String(repeating: "Sluice gates hold water and mud. ", count: 4_000)
            let waiting = try await fixture.upload(text, of: owner)
            #expect(try await fixture.store.delete(waiting, of: owner))
            #expect(try fixture.files.isEmpty)
            let id = try await fixture.add(text, of: owner)
            #expect(try await fixture.indexed("mud") > PassageTable.batch)

            #expect(try await fixture.store.delete(id, of: owner))
            #expect(try await fixture.store.delete(id, of: owner) == false)
            #expect(try await fixture.indexed("mud") == 0)
            for table in ["documents", "document_passages", "document_owners"] {
                #expect(try await fixture.count(table) == 0, "\(table)")
            }
            // An index that has lost its table would say so now.
            try await fixture.add("More mud.", of: owner)
            #expect(try await fixture.found("mud", of: owner).count == 1)
        }
    }

    @Test("bounds documents and bytes of an owner, however many come at once", arguments: TestStore.allCases)
    func quotas(_ kind: TestStore) async throws {
        let change = { (configuration: inout RetrievalConfiguration) in
            configuration.maximumDocuments = 3
            configuration.maximumDocumentBytes = 2_000
            configuration.maximumOwnerBytes = 4_000
        }
        try await RetrievalFixture.with(kind, change) { fixture in
            let (ada, bob) = (try RetrievalFixture.user("ada"), try RetrievalFixture.user("bob"))
            let receipts = try await withThrowingTaskGroup(of: DocumentReceipt.self) { group in
                for _ in 0..<10 { group.addTask { try await fixture.send("text", of: ada) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            let refused = receipts.filter { $0 == .refused(.tooManyDocuments(limit: 3)) }
            #expect(refused.count == 7)
            #expect(try fixture.files.count == 3)

            let large = String(repeating: "x", count: 1_999)
            #expect(try await fixture.send(large + "yz", of: bob) == .refused(.tooLarge(limit: 2_000)))
            try await fixture.upload(large, of: bob)
            let second = try await fixture.upload(large, of: bob)
            #expect(try await fixture.send("abc", of: bob) == .refused(.tooManyBytes(limit: 4_000)))
            #expect(try await fixture.store.delete(second, of: bob))
            try await fixture.upload("abc", of: bob)
            #expect(try fixture.files.count == 5)
        }
    }

    @Test("refuses other types and empty files, and leaves nothing of them")
    func refusals() async throws {
        try await RetrievalFixture.with(.sqlite) { fixture in
            let owner = try RetrievalFixture.user("ada")
            #expect(try await fixture.send("GIF89a", type: "image/gif", of: owner) == .refused(.unsupportedType))
            #expect(try await fixture.send("", of: owner) == .refused(.empty))
            guard case .accepted = try await fixture.send("# T", type: "Text/Markdown ; charset=UTF-8", of: owner) else {
                Issue.record("Markdown is taken")
                return
            }
            #expect(try fixture.files.count == 1)
        }
    }

    private struct HungUp: Error {}

    @Test("leaves nothing of an upload that breaks off")
    func brokenUpload() async throws {
        try await RetrievalFixture.with(.sqlite) { fixture in
            let (chunks, continuation) = AsyncThrowingStream<[UInt8], any Error>.makeStream()
            let owner = try RetrievalFixture.user("ada")
            continuation.yield([1, 2, 3])
            continuation.finish(throwing: HungUp())
            await #expect(throws: HungUp.self) {
                try await DocumentReceiver(store: fixture.store).receive(
                    chunks, name: "a", contentType: "text/plain", for: owner)
            }
            #expect(try fixture.files.isEmpty)
            #expect(try await fixture.count("document_owners") == 0)
        }
    }

    @Test(
        "shows names without paths and without what cannot be seen",
        arguments: [
            ("report.pdf", "report.pdf"), ("C:\\temp\\a b.docx", "a b.docx"), ("/a/b/", "b"), ("..", "document"),
            ("", "document"),
            ("a\r\nb\u{0}\tc", "a b c"), ("\u{FEFF}x\u{200B}y", "xy"), ("   ", "document"),
            (String(repeating: "é", count: 300), String(repeating: "é", count: 127)),
        ])
    func names(_ sent: String, _ shown: String) {
        #expect(DocumentName(sent).text == shown)
    }
}
