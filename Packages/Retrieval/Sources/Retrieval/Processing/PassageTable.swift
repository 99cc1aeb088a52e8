#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import Persistence

/// Writes and removes passages together with the index over them, a bounded number at a time.
struct PassageTable: Sendable {
    /// How many are written or removed in one transaction.
    static let batch = 100

    let database: any Database

    /// Writes passages of a document that is still this server's to process, and keeps it so.
    ///
    /// - Parameters:
    ///   - passages: At most ``batch`` passages, one after the other.
    ///   - lease: The document.
    ///   - end: Until when it is this server's from now on.
    /// - Returns: Whether it was; nothing is written otherwise.
    func write(_ passages: [Passage], of lease: DocumentLease, until end: Timestamp) async throws -> Bool {
        guard let first = passages.first, let last = passages.last else { return true }
        let rows = passages.map { passage -> (Passage, String) in
            (passage, PassageWords.stored(passage.text, ofOwner: lease.owner))
        }
        return try await self.database.transaction(isolation: .readCommitted, retries: 3) { connection in
            let held = try connection.execute(
                """
                UPDATE documents SET lease_until = \(end)
                WHERE id = \(lease.id) AND lease = \(lease.token) AND status = 'processing'
                """)
            guard held > 0 else { return false }
            let columns: SQL =
                "(document_id, owner_number, chunk_position, page, text_start, text_end, text, lexemes"
            switch connection.dialect {
            case .sqlite:
                let values = rows.map { passage, words in "(\(Self.values(of: passage, lease, words)))" as SQL }
                try connection.execute(
                    "INSERT INTO document_passages \(columns)) VALUES \(values.joined(separator: ", "))")
                try connection.execute(
                    """
                    INSERT INTO document_words (rowid, lexemes) SELECT number, lexemes FROM document_passages
                    WHERE document_id = \(lease.id) AND chunk_position BETWEEN \(first.position) AND \(last.position)
                    """)
            case .postgres:
                let values = rows.map { passage, words in
                    "(\(Self.values(of: passage, lease, words)), array_to_tsvector(string_to_array(\(words)::text, ' ')))" as SQL
                }
                try connection.execute(
                    "INSERT INTO document_passages \(columns), words) VALUES \(values.joined(separator: ", "))")
            }
            return true
        }
    }

    private static func values(of passage: Passage, _ lease: DocumentLease, _ words: String) -> SQL {
        """
        \(lease.id), \(lease.owner), \(passage.position), \(passage.page), \(passage.range.lowerBound),
        \(passage.range.upperBound), \(passage.text), \(words)
        """
    }

    /// Removes all passages of a document, batch by batch.
    func removePassages(of id: UUID) async throws {
        while try await self.removeBatch(of: id) == Self.batch { try Task.checkCancellation() }
    }

    private func removeBatch(of id: UUID) async throws -> Int {
        try await self.database.transaction(isolation: .readCommitted, retries: 3) { connection in
            let numbers: [Int64] = try connection.query(
                """
                SELECT number FROM document_passages WHERE document_id = \(id) ORDER BY chunk_position LIMIT \(Self.batch)
                """
            ).map { try $0.decode("number") }
            if numbers.isEmpty { return 0 }
            if connection.dialect == .sqlite {
                // The index forgets a row when it is told the row's own words once more.
                try connection.execute(
                    """
                    INSERT INTO document_words (document_words, rowid, lexemes)
                    SELECT 'delete', number, lexemes FROM document_passages WHERE number IN \(list: numbers)
                    """)
            }
            try connection.execute("DELETE FROM document_passages WHERE number IN \(list: numbers)")
            return numbers.count
        }
    }

    /// Removes what is left of a document that was taken out of sight, and its owner's account when it is the last one.
    func removeDocument(_ id: UUID) async throws {
        try await self.removePassages(of: id)
        try await self.database.transaction(isolation: .readCommitted, retries: 3) { connection in
            let owner = try connection.queryOne(
                "DELETE FROM documents WHERE id = \(id) AND status = 'deleting' RETURNING owner_number")
            guard let number = owner?["owner_number"] else { return }
            // The account is held first, so that nobody adds a document to it meanwhile.
            let lock: SQL = connection.dialect == .postgres ? "FOR UPDATE" : ""
            _ = try connection.queryOne("SELECT 1 AS held FROM document_owners WHERE number = \(number) \(lock)")
            try connection.execute(
                """
                DELETE FROM document_owners WHERE number = \(number) AND documents = 0
                    AND NOT EXISTS (SELECT 1 FROM documents d WHERE d.owner_number = \(number))
                """)
        }
    }
}
