import Cryptography
import DatabaseTestSupport
import Identity
import Testing

@testable import Retrieval

@Suite("README")
struct ReadmeTests {
    @Test("shows what works", arguments: TestStore.allCases)
    func example(_ kind: TestStore) async throws {
        try await RetrievalFixture.with(kind) { fixture in
            let (database, path, keyring, logger) = (fixture.database, fixture.path, RetrievalFixture.keyring, quiet)
            let extraction = PlainExtraction()
            let caller = Caller(id: CallerID(unchecked: "ada"), kind: .user)
            let owner = try #require(DocumentOwner(caller))
            let (chunks, continuation) = AsyncStream<[UInt8]>.makeStream()
            continuation.yield(Array("The bearings need oil every month.".utf8))
            continuation.finish()

            let folder = try await DocumentFolder.open(path: path)
            let queue = DocumentQueue()
            let store = try DocumentStore(database: database, folder: folder, queue: queue, keyring: keyring)
            let worker = DocumentWorker(store: store, extraction: extraction, logger: logger)  // a service; it takes texts out

            let receipt = try await DocumentReceiver(store: store).receive(
                chunks, name: "plant.txt", contentType: "text/plain", for: owner)  // .accepted(document), or .refused and why
            try await worker.processDue()

            let answerer = Answerer(search: PassageSearch(database: database), logger: logger)
            let asker = Answerer.Asker(owner: owner, caller: caller, address: nil)
            let answer = try await answerer.answer(AnswerQuestion("How often do the bearings need oil?"), for: asker)
            print(answer.text, answer.confidence.level, answer.citations.map(\.filename))

            guard case .accepted = receipt else {
                Issue.record("it was refused")
                return
            }
            #expect(answer.citations.map(\.filename) == ["plant.txt"])
        }
    }
}
