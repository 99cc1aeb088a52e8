import Cryptography
import Persistence

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// What became of an upload.
public enum DocumentReceipt: Sendable, Hashable {
    /// It is kept, and waits to be processed.
    case accepted(RetrievalDocument)
    /// It is not kept.
    case refused(DocumentRefusal)
}

/// Why an upload is not kept.
public enum DocumentRefusal: Sendable, Hashable, CustomStringConvertible {
    /// Its declared type is none of ``DocumentType``.
    case unsupportedType
    /// It has no bytes.
    case empty
    /// It has more bytes than this.
    case tooLarge(limit: Int)
    /// The owner has this many documents, and may have no more.
    case tooManyDocuments(limit: Int)
    /// The documents of the owner would have more bytes than this.
    case tooManyBytes(limit: Int)
    /// All that is kept for sessions without a key is taken.
    case noRoom

    /// The reason, for the client (CONTRACTS §1.3).
    public var description: String {
        switch self {
        case .unsupportedType: "Only PDF, DOCX, plain text and Markdown files are supported"
        case .empty: "The file is empty"
        case .tooLarge(let limit): "File too large: at most \(limit / 1_048_576) MB are accepted"
        case .tooManyDocuments(let limit): "You have \(limit) documents, and more are not kept; delete some first"
        case .noRoom: "No more documents are kept without a key now; use a key, or come again later"
        case .tooManyBytes(let limit):
            "Your documents would have more than \(limit / 1_048_576) MB, and more are not kept; delete some first"
        }
    }
}

/// Takes uploads in: to the disk as they come, and then into the store.
public struct DocumentReceiver: Sendable {
    private let store: DocumentStore

    /// Creates a receiver for a store.
    public init(store: DocumentStore) {
        self.store = store
    }

    /// Most bytes of a document.
    public var maximumBytes: Int { self.store.configuration.maximumDocumentBytes }

    /// Takes in a document.
    ///
    /// A client that declares no type, or one that says nothing such as `application/octet-stream`, sends what the content looks like.
    /// Holds one chunk in memory. When this returns, file and row are on the disk, and the worker is told. A refused, broken off or
    /// cancelled upload leaves nothing.
    ///
    /// - Parameters:
    ///   - chunks: The bytes; read to the end unless they are too many.
    ///   - name: The name that the client sent.
    ///   - contentType: The type that the client sent; empty where it sent none.
    ///   - owner: Whose document it is.
    /// - Throws: What `chunks` throws; ``RetrievalError`` with code `folderUnusable`; `PersistenceError`; `CancellationError`.
    public func receive<Chunks: AsyncSequence>(
        _ chunks: Chunks, name: String, contentType: String, for owner: DocumentOwner
    ) async throws -> DocumentReceipt where Chunks.Element == [UInt8] {
        let declared = DocumentType(contentType: contentType)
        guard declared != nil || DocumentType.isGeneric(contentType: contentType) else { return .refused(.unsupportedType) }
        // Before the bytes come, though others may come meanwhile: the last word is spoken by the row's own statement.
        if let refusal = try await self.store.refusal(bytes: 1, for: owner) { return .refused(refusal) }
        let folder = self.store.folder
        let file = try await folder.begin(UUID())
        var size = 0
        var beginning: [UInt8] = []
        var digest = SHA256()
        do {
            for try await chunk in chunks {
                guard chunk.count <= self.store.configuration.maximumDocumentBytes - size else {
                    await folder.discard(file)
                    return .refused(.tooLarge(limit: self.store.configuration.maximumDocumentBytes))
                }
                size += chunk.count
                beginning += chunk.prefix(DocumentType.tellingBytes - beginning.count)
                digest.update(chunk)
                try await folder.append(chunk, to: file)
            }
            try Task.checkCancellation()
        } catch {
            await folder.discard(file)
            throw error
        }
        guard size > 0 else {
            await folder.discard(file)
            return .refused(.empty)
        }
        guard let type = declared ?? DocumentType(beginning: beginning) else {
            await folder.discard(file)
            return .refused(.unsupportedType)
        }
        try await folder.keep(file)
        let document = NewDocument(
            id: file.id, name: DocumentName(name), type: type, bytes: size, sha256: digest.finalize().hex)
        do {
            let receipt = try await self.store.add(document, for: owner)
            if case .refused = receipt { await folder.remove(file.id) }
            return receipt
        } catch let error as PersistenceError where error.code == .outcomeUnknown {
            // The row may be there; without it the file is an orphan, and goes with the next sweep.
            throw error
        } catch {
            await folder.remove(file.id)
            throw error
        }
    }
}

/// A document that is on the disk and not in the store yet.
struct NewDocument: Sendable {
    let id: UUID
    let name: DocumentName
    let type: DocumentType
    let bytes: Int
    let sha256: String
}
