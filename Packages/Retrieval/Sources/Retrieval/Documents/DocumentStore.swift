#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif
public import Cryptography
public import Persistence

/// Some documents, and how to get those after them.
public struct DocumentPage: Sendable, Hashable {
    /// The newest first.
    public let documents: [RetrievalDocument]
    /// The cursor of the next page, opaque, at most 128 characters; nil when there is none.
    public let next: String?
}

/// Keeps what is known about documents, each for its owner alone.
///
/// Files are kept by a ``DocumentFolder``, documents come in by a ``DocumentReceiver``, and a ``DocumentWorker`` takes out their text.
public struct DocumentStore: Sendable {
    /// The most documents on a page.
    public static let maximumLimit = 100

    let database: any Database
    let folder: DocumentFolder
    let queue: DocumentQueue
    let configuration: RetrievalConfiguration
    private let keyring: SecretKeyring
    let passages: PassageTable

    /// Creates a store over a migrated database.
    ///
    /// - Parameters:
    ///   - database: Where the chain `retrieval` is up to date.
    ///   - folder: Where uploaded files wait.
    ///   - queue: Wakes the worker of this process.
    ///   - keyring: The server's secrets, which sign cursors.
    ///   - configuration: Bounds.
    /// - Throws: ``RetrievalError`` with code `invalidConfiguration`.
    public init(
        database: any Database, folder: DocumentFolder, queue: DocumentQueue, keyring: SecretKeyring,
        configuration: RetrievalConfiguration = RetrievalConfiguration()
    ) throws(RetrievalError) {
        try configuration.validate()
        self.database = database
        self.folder = folder
        self.queue = queue
        self.keyring = keyring
        self.configuration = configuration
        self.passages = PassageTable(database: database)
    }

    /// A document of an owner; nil when it has none with this id.
    ///
    /// - Throws: `PersistenceError`, `CancellationError`.
    public func document(_ id: UUID, of owner: DocumentOwner) async throws -> RetrievalDocument? {
        try await self.database.queryOne(
            """
            SELECT \(RetrievalDocument.columns) FROM documents d JOIN document_owners o ON o.number = d.owner_number
            WHERE d.id = \(id) AND o.owner = \(owner.key) AND d.status <> 'deleting'
            """
        ).map { try RetrievalDocument($0) }
    }

    /// A page of an owner's documents; costs the same wherever it begins.
    ///
    /// - Parameters:
    ///   - owner: Whose they are.
    ///   - limit: The most that are wanted, 1 to ``maximumLimit``.
    ///   - cursor: Where the page before ended; `nil` for the first.
    /// - Throws: ``RetrievalError`` with code `invalidPage`; `PersistenceError`, `CancellationError`.
    public func page(
        of owner: DocumentOwner, limit: Int = 20, after cursor: String? = nil
    ) async throws -> DocumentPage {
        guard (1...Self.maximumLimit).contains(limit) else {
            throw RetrievalError(.invalidPage, message: "a page has 1 to \(Self.maximumLimit) documents")
        }
        let list = Array("gatehouse/1/documents/\(owner.key)".utf8)
        var start: SQL = ""
        if let cursor {
            guard let cursor = try PageCursor(cursor, numbers: 3, for: list, by: self.keyring),
                let time = Timestamp(microseconds: cursor.numbers[0])
            else { throw RetrievalError(.invalidPage, message: "the cursor was not made for this list") }
            start = "AND (d.created_at, d.id) < (\(time), \(UUID(halves: cursor.numbers[1], cursor.numbers[2])))"
        }
        // One more than is shown tells whether anything follows.
        let found = try await self.database.query(
            """
            SELECT \(RetrievalDocument.columns) FROM documents d
            WHERE d.owner_number = (SELECT o.number FROM document_owners o WHERE o.owner = \(owner.key))
                AND d.status <> 'deleting' \(start)
            ORDER BY d.created_at DESC, d.id DESC LIMIT \(limit + 1)
            """
        ).map { try RetrievalDocument($0) }
        let shown = Array(found.prefix(limit))
        guard found.count > limit, let last = shown.last else { return DocumentPage(documents: shown, next: nil) }
        let next = try PageCursor([last.createdAt.microseconds] + last.id.halves).text(for: list, by: self.keyring)
        return DocumentPage(documents: shown, next: next)
    }

    /// Deletes a document with its passages, the index over them, and its file; it cannot be brought back.
    ///
    /// From the first of several transactions on it is neither shown nor found. What is left when the task is cancelled or the process
    /// ends is removed by a worker.
    ///
    /// - Returns: Whether the owner had a document with this id.
    /// - Throws: `PersistenceError`, `CancellationError`.
    public func delete(_ id: UUID, of owner: DocumentOwner) async throws -> Bool {
        let isFound = try await self.database.transaction(isolation: .readCommitted, retries: 3) { connection in
            guard
                let owner = try connection.queryOne("SELECT number FROM document_owners WHERE owner = \(owner.key)"),
                let number = owner["number"]
            else { return false }
            return try Self.hide(id, ofOwner: number, on: connection)
        }
        if isFound {
            await self.folder.remove(id)
            try await self.passages.removeDocument(id)
        }
        return isFound
    }

    /// Takes a document out of sight, and out of its owner's account.
    static func hide(_ id: UUID, ofOwner number: SQLValue, on connection: any DatabaseConnection) throws -> Bool {
        let now = Timestamp.now()
        let hidden = try connection.queryOne(
            """
            UPDATE documents SET status = 'deleting', due_at = \(now), lease = NULL, lease_until = NULL, updated_at = \(now)
            WHERE id = \(id) AND owner_number = \(number) AND status <> 'deleting'
            RETURNING bytes, passages
            """)
        guard let hidden else { return false }
        try connection.execute(
            """
            UPDATE document_owners SET documents = documents - 1, bytes = bytes - \(hidden.decode("bytes", as: Int64.self)),
                passages = passages - \(hidden.decode("passages", as: Int64.self))
            WHERE number = \(number)
            """)
        return true
    }
}
