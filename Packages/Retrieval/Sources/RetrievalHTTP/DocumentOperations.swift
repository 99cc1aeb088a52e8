#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
public import HTTPCore
import HTTPTypes
import Persistence
public import Retrieval
import StrictJSON

/// The operations on documents (CONTRACTS §1.3): uploading, the list, the status of one, and deleting one.
public struct DocumentOperations: Sendable {
    private let store: DocumentStore
    private let owners: OwnerFinder
    private let upload: UploadOperation

    /// Creates the operations.
    ///
    /// - Parameters:
    ///   - store: Keeps documents.
    ///   - owners: Tells whose documents are shown.
    ///   - uploadDeadline: How long an upload may take.
    public init(store: DocumentStore, owners: OwnerFinder, uploadDeadline: Duration = .seconds(300)) {
        self.store = store
        self.owners = owners
        self.upload = UploadOperation(
            receiver: DocumentReceiver(store: store), owners: owners, deadline: uploadDeadline)
    }

    /// The operations for the router.
    public var operations: [Operation] { [self.upload.operation, self.list, self.status, self.delete] }

    private var list: Operation {
        Operation(
            .get, "/api/v1/documents", id: "listDocuments", summary: "The caller's documents, the newest first",
            tag: "documents", access: RetrievalAccess.anyone, limits: [RetrievalLimits.others],
            parameters: [
                .query("limit", .integer(1...Int64(DocumentStore.maximumLimit)), default: 20),
                .query("cursor", .string(minimum: 1, maximum: 200).described("From `X-Next-Cursor` of the page before")),
            ],
            answers: [
                .json(
                    .ok, "A page; `Link` and `X-Next-Cursor` lead to the next", .array(of: RetrievalDocument.schema))
            ]
        ) { request in
            guard let owner = try self.owners.owner(of: request) else { return .json(.ok, []) }
            let page: DocumentPage
            do {
                page = try await self.store.page(
                    of: owner, limit: request.parameters["limit"]?.intValue ?? 20,
                    after: request.parameters["cursor"]?.stringValue)
            } catch let error as RetrievalError where error.code == .invalidPage {
                throw Problem.validation([
                    Violation(
                        at: [.name("query"), .name("cursor")], type: "value_error", message: "Value error, \(error.message)")
                ])
            }
            return .page(page.documents.map(\.json), next: page.next, of: request, repeating: ["limit"])
        }
    }

    private var status: Operation {
        Operation(
            .get, "/api/v1/documents/{id}/status", id: "readDocumentStatus", summary: "What became of a document",
            tag: "documents", access: RetrievalAccess.anyone, limits: [RetrievalLimits.others],
            parameters: [.path("id", .string(format: .uuid))],
            answers: [.json(.ok, "The document", RetrievalDocument.schema), Self.notFoundAnswer]
        ) { request in
            guard let owner = try self.owners.owner(of: request),
                let document = try await self.store.document(try Self.id(of: request), of: owner)
            else { throw Self.notFound }
            return .json(.ok, document.json)
        }
    }

    private var delete: Operation {
        Operation(
            .delete, "/api/v1/documents/{id}", id: "deleteDocument", summary: "Delete a document for good",
            tag: "documents", access: RetrievalAccess.anyone, limits: [RetrievalLimits.others],
            parameters: [.path("id", .string(format: .uuid))],
            answers: [
                .json(
                    .ok, "It is deleted, with its passages and its file",
                    .object([.required("document_id", .string(format: .uuid)), .required("message", .string())])),
                Self.notFoundAnswer,
            ]
        ) { request in
            let id = try Self.id(of: request)
            guard let owner = try self.owners.owner(of: request), try await self.store.delete(id, of: owner) else {
                throw Self.notFound
            }
            return .json(.ok, ["document_id": .string(id.sqlText), "message": "Document deleted"])
        }
    }

    private static func id(of request: OperationRequest) throws(Problem) -> UUID {
        guard let id = UUID(sqlText: try request.text("id")) else { throw self.notFound }
        return id
    }

    private static var notFound: Problem { Problem(.notFound, "Document not found") }

    private static let notFoundAnswer = Operation.Answer.problem(.notFound, "The caller has no document with the id")
}
