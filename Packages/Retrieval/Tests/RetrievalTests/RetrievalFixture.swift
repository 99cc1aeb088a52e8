import Cryptography
import DatabaseTestSupport
import Identity
import Logging
import Persistence
import RetrievalSchema
import SchemasTestSupport
import Synchronization
import TestKit
import Testing

@testable import Retrieval

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

/// A migrated database with a store, and a worker that takes files for the text that they hold.
struct RetrievalFixture: Sendable {
    static let keyring: SecretKeyring = {
        do { return SecretKeyring(current: try ServerSecret.random()) } catch { preconditionFailure("no random bytes: \(error)") }
    }()

    let database: any Database
    let path: String
    let folder: DocumentFolder
    let queue: DocumentQueue
    let store: DocumentStore
    let extraction: PlainExtraction
    let worker: DocumentWorker

    static func with(
        _ kind: TestStore, _ change: (inout RetrievalConfiguration) -> Void = { _ in },
        _ body: (RetrievalFixture) async throws -> Void
    ) async throws {
        var configuration = RetrievalConfiguration()
        change(&configuration)
        try await withMigratedDatabase(kind, [RetrievalRevisions.chain]) { database, _ in
            try await withTemporaryDirectory { path in
                try await body(try await self.make(database, path: path, configuration))
            }
        }
    }

    /// A server over a database, whose files are in a folder.
    static func make(
        _ database: any Database, path: String, _ configuration: RetrievalConfiguration = RetrievalConfiguration()
    ) async throws -> RetrievalFixture {
        let folder = try await DocumentFolder.open(path: path)
        let queue = DocumentQueue()
        let store = try DocumentStore(
            database: database, folder: folder, queue: queue, keyring: Self.keyring, configuration: configuration)
        let extraction = PlainExtraction()
        let worker = DocumentWorker(store: store, extraction: extraction, logger: quiet)
        return RetrievalFixture(
            database: database, path: path, folder: folder, queue: queue, store: store, extraction: extraction, worker: worker)
    }

    static func user(_ name: String) throws -> DocumentOwner {
        try #require(DocumentOwner(Caller(id: CallerID(unchecked: name), kind: .user)))
    }

    /// Uploads a text in chunks, and returns what came of it.
    func send(
        _ text: String, name: String = "notes.txt", type: String = "text/plain", of owner: DocumentOwner
    ) async throws -> DocumentReceipt {
        let bytes = Array(text.utf8)
        let (chunks, continuation) = AsyncStream<[UInt8]>.makeStream()
        for start in stride(from: 0, to: bytes.count, by: 1_000) {
            continuation.yield(Array(bytes[start..<min(start + 1_000, bytes.count)]))
        }
        continuation.finish()
        return try await DocumentReceiver(store: self.store).receive(chunks, name: name, contentType: type, for: owner)
    }

    /// Uploads a text, and returns its id.
    @discardableResult
    func upload(_ text: String, name: String = "notes.txt", of owner: DocumentOwner) async throws -> UUID {
        guard case .accepted(let document) = try await self.send(text, name: name, of: owner) else {
            throw TestFailure(message: "the upload was refused")
        }
        return document.id
    }

    /// Uploads a text and processes it.
    @discardableResult
    func add(_ text: String, name: String = "notes.txt", of owner: DocumentOwner) async throws -> UUID {
        let id = try await self.upload(text, name: name, of: owner)
        try await self.worker.processDue()
        #expect(try await self.status(id, of: owner) == .ready)
        return id
    }

    func status(_ id: UUID, of owner: DocumentOwner) async throws -> RetrievalDocument.Status? {
        try await self.store.document(id, of: owner)?.status
    }

    func found(_ question: String, of owner: DocumentOwner, limit: Int = 20) async throws -> [FoundPassage] {
        try await PassageSearch(database: self.database).passages(for: Question(question), of: owner, limit: limit).passages
    }

    func count(_ table: String) async throws -> Int {
        try await self.database.queryOne(SQL(unchecked: "SELECT count(*) AS n FROM \(table)"))?.decode("n") ?? -1
    }

    /// How many passages the index finds by a word, whoever's they are; what was removed from the table alone would still be counted.
    func indexed(_ word: String) async throws -> Int {
        let query: SQL =
            self.database.dialect == .sqlite
            ? "SELECT count(*) AS n FROM document_words WHERE document_words MATCH \(word)"
            : "SELECT count(*) AS n FROM document_passages WHERE words @@ \(word)::tsquery"
        return try await self.database.queryOne(query)?.decode("n") ?? -1
    }

    var files: [String] {
        get throws {
            try FileManager.default.contentsOfDirectory(atPath: self.path).filter { $0 != "server-id" }.sorted()
        }
    }
}

struct TestFailure: Error {
    let message: String
}

/// Takes files for UTF-8, in which a form feed parts pages; what begins with a word of ``PlainExtraction/Trick`` is not what it seems.
final class PlainExtraction: TextExtraction {
    enum Trick: String, CaseIterable {
        /// It cannot be read, now or ever.
        case broken
        /// It cannot be read now.
        case busy
        /// Reading fails with an error that nobody planned.
        case crash
        /// Reading does not end.
        case hang
    }

    private let state = Mutex<(calls: Int, isMended: Bool)>((0, false))

    /// How many files were looked at.
    var calls: Int { self.state.withLock { $0.calls } }

    /// From now on there are no tricks.
    func mend() { self.state.withLock { $0.isMended = true } }

    func pages(of path: String, name: String, type: DocumentType) async throws -> [ExtractedPage] {
        let isMended = self.state.withLock { state in
            state.calls += 1
            return state.isMended
        }
        let text = try String(contentsOfFile: path, encoding: .utf8)
        if !isMended, let trick = Trick.allCases.first(where: { text.hasPrefix("\($0.rawValue)!") }) {
            switch trick {
            case .broken: throw ExtractionFailure("the PDF is broken")
            case .busy: throw ExtractionFailure("the machine is short of memory", mayBeTriedAgain: true)
            case .crash: throw TestFailure(message: "crashed")
            case .hang: try await Task.sleep(for: .seconds(3_600))
            }
        }
        let pages = text.split(separator: "\u{C}", omittingEmptySubsequences: false)
        return pages.enumerated().map { ExtractedPage(number: pages.count > 1 ? $0 + 1 : nil, text: String($1)) }
    }
}
