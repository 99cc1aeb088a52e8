#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import Persistence

extension DocumentStore {
    /// Why an owner may not add a document of a size; nil if it may.
    func refusal(bytes: Int, for owner: DocumentOwner) async throws -> DocumentRefusal? {
        if owner.isAnonymous, try await self.isFull(adding: bytes) { return .noRoom }
        let row = try await self.database.queryOne(
            "SELECT documents, bytes FROM document_owners WHERE owner = \(owner.key)")
        guard let row else { return self.refusal(documents: 0, held: 0, adding: bytes) }
        return self.refusal(documents: try row.decode("documents"), held: try row.decode("bytes"), adding: bytes)
    }

    /// Whether sessions have all that is kept for them together; sessions cost nothing, so a bound for each of them is none.
    ///
    /// Uploads at the same time may pass it by what they bring.
    private func isFull(adding bytes: Int) async throws -> Bool {
        let row = try await self.database.queryOne(
            """
            SELECT CAST(COALESCE(sum(bytes), 0) AS BIGINT) AS bytes, CAST(COALESCE(sum(passages), 0) AS BIGINT) AS passages
            FROM document_owners
            WHERE owner >= \(DocumentOwner.anonymousPrefix) AND owner < \(DocumentOwner.anonymousEnd)
            """)
        guard let row else { return false }
        return try row.decode("bytes") > self.configuration.maximumAnonymousBytes - bytes
            || row.decode("passages") >= self.configuration.maximumAnonymousPassages
    }

    private func refusal(documents: Int, held: Int, adding bytes: Int) -> DocumentRefusal? {
        if documents >= self.configuration.maximumDocuments {
            return .tooManyDocuments(limit: self.configuration.maximumDocuments)
        }
        if bytes > self.configuration.maximumOwnerBytes - held {
            return .tooManyBytes(limit: self.configuration.maximumOwnerBytes)
        }
        return nil
    }

    /// Adds a document, within what its owner may have, and wakes the worker.
    func add(_ document: NewDocument, for owner: DocumentOwner) async throws -> DocumentReceipt {
        if owner.isAnonymous, try await self.isFull(adding: document.bytes) { return .refused(.noRoom) }
        let (configuration, server, now) = (self.configuration, self.folder.server, Timestamp.now())
        let isAdded = try await self.database.transaction(isolation: .readCommitted, retries: 3) { connection in
            // One statement counts and refuses, so that uploads at the same time cannot be more than are allowed.
            let owner = try connection.queryOne(
                """
                INSERT INTO document_owners (owner, documents, bytes, passages) VALUES (\(owner.key), 1, \(document.bytes), 0)
                ON CONFLICT (owner) DO UPDATE SET documents = document_owners.documents + 1,
                    bytes = document_owners.bytes + excluded.bytes
                WHERE document_owners.documents < \(configuration.maximumDocuments)
                    AND document_owners.bytes + excluded.bytes <= \(configuration.maximumOwnerBytes)
                RETURNING number
                """)
            guard let number = owner?["number"] else { return false }
            try connection.execute(
                """
                INSERT INTO documents (id, owner_number, filename, content_type, bytes, sha256, status, passages, findings, server,
                    attempts, due_at, created_at, updated_at)
                VALUES (\(document.id), \(number), \(document.name.text), \(document.type.rawValue), \(document.bytes),
                    \(document.sha256), 'processing', 0, '{}', \(server), 0, \(now), \(now), \(now))
                """)
            return true
        }
        guard isAdded else {
            // Whoever was in the way may be gone by now; then one of both bounds is told all the same.
            return .refused(
                try await self.refusal(bytes: document.bytes, for: owner)
                    ?? .tooManyDocuments(limit: configuration.maximumDocuments))
        }
        self.queue.wake()
        return .accepted(RetrievalDocument(document, at: now))
    }
}
