import Cryptography
import DatabaseTestSupport
import Foundation
import HTTPCore
import HTTPCoreTestSupport
import HTTPTypes
import Identity
import Logging
import Persistence
import PrometheusMetrics
import RetrievalHTTP
import RetrievalSchema
import SchemasTestSupport
import StrictJSON
import TestKit
import Testing

@testable import Retrieval

/// All operations on documents with all stages around them, over a database of their own.
///
/// The keys are those of the users `ada` and `bob`; `anon` is the cookie of a session.
struct DocumentService {
    static let text = "The turbine of the plant turns. Its bearings need oil every month. Visitors come on Sundays."
    static let session = "anon_" + String(repeating: "A", count: 43)

    let http: HTTPService
    let store: DocumentStore
    let worker: DocumentWorker
    let limits: CountingLimits
    let keyring: SecretKeyring

    private static let callers: [String: Caller] = [
        "ada": Caller(id: CallerID(unchecked: "ada"), kind: .user), "bob": Caller(id: CallerID(unchecked: "bob"), kind: .user),
    ]

    private struct TextFiles: TextExtraction {
        func pages(of path: String, name: String, type: DocumentType) async throws -> [ExtractedPage] {
            [ExtractedPage(number: 1, text: DocumentService.text)]
        }
    }

    static func with(
        _ kind: TestStore, budget: [String: Int] = [:], maximumBytes: Int = 50 << 20, maximumDocuments: Int = 100,
        maximumAnonymousBytes: Int = 10 << 30,
        _ body: (DocumentService) async throws -> Void
    ) async throws {
        try await withMigratedDatabase(kind, [RetrievalRevisions.chain]) { database, _ in
            try await withTemporaryDirectory { path in
                let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
                let keyring = SecretKeyring(current: try ServerSecret.random())
                var configuration = RetrievalConfiguration()
                configuration.maximumDocumentBytes = maximumBytes
                configuration.maximumDocuments = maximumDocuments
                configuration.maximumAnonymousBytes = maximumAnonymousBytes
                let store = try DocumentStore(
                    database: database, folder: try await DocumentFolder.open(path: path), queue: DocumentQueue(),
                    keyring: keyring, configuration: configuration)
                let owners = OwnerFinder(keyring: keyring, isSecure: false)
                let answerer = Answerer(search: PassageSearch(database: database), logger: logger)
                let limits = CountingLimits(budget)
                let parts = HTTPService.Parts(
                    resolver: FixedCallers(Self.callers), limits: limits,
                    metrics: try HTTPMetrics(registry: PrometheusRegistry()), translate: { _ in nil })
                let http = try HTTPService(
                    operations: DocumentOperations(store: store, owners: owners).operations
                        + QueryOperations(answerer: answerer, owners: owners).operations,
                    parts: parts, configuration: HTTPService.Configuration(keyHeader: try #require(HTTPField.Name("X-API-Key"))))
                let worker = DocumentWorker(store: store, extraction: TextFiles(), logger: logger)
                try await body(
                    DocumentService(http: http, store: store, worker: worker, limits: limits, keyring: keyring))
            }
        }
    }

    /// Who sends a request.
    func headers(_ name: String?) -> HTTPFields {
        switch name {
        case nil: [:]
        case "anon": [.cookie: "session_id=\(Self.session)"]
        case let key?: [.authorization: "Bearer \(key)"]
        }
    }

    /// How many files are in the folder of uploads, besides that with the id of the server.
    func storedFiles() async throws -> Int {
        try FileManager.default.contentsOfDirectory(atPath: self.store.folder.path).count { $0 != "server-id" }
    }

    func owner(_ name: String) throws -> DocumentOwner {
        if name == "anon" { return try DocumentOwner(session: Self.session, keyring: self.keyring) }
        let caller = try #require(Self.callers[name])
        return try #require(DocumentOwner(caller))
    }

    /// Adds a document that is ready, and returns its id.
    @discardableResult
    func add(_ name: String, of owner: String) async throws -> String {
        let (chunks, continuation) = AsyncStream<[UInt8]>.makeStream()
        continuation.yield(Array("%PDF-".utf8))
        continuation.finish()
        let receipt = try await DocumentReceiver(store: self.store).receive(
            chunks, name: name, contentType: "application/pdf", for: try self.owner(owner))
        guard case .accepted(let document) = receipt else { return "" }
        try await self.worker.processDue()
        return document.id.sqlText
    }

    func ask(_ path: String, _ body: JSONValue, as name: String?) async throws -> ServiceAnswer {
        try await self.http.answer(.post, path, json: body, headers: self.headers(name))
    }

    func send(_ method: HTTPRequest.Method, _ path: String, as name: String?) async throws -> ServiceAnswer {
        try await self.http.answer(method, path, headers: self.headers(name))
    }
}
