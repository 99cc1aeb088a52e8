import HTTPCore
import HTTPTypes
import Persistence
import Retrieval
import StrictJSON

/// `POST /api/v1/documents/upload` (CONTRACTS §1.3): takes a document from a form, as it comes from the socket.
struct UploadOperation: Sendable {
    /// Room for what is around the file in a form, and for files that are too large: clients are told so best when all is read.
    private static let furtherBytes = 64 << 20

    let receiver: DocumentReceiver
    let owners: OwnerFinder
    let deadline: Duration

    var operation: Operation {
        Operation(
            .post, "/api/v1/documents/upload", id: "uploadDocument", summary: "Upload a document to ask about",
            tag: "documents", access: RetrievalAccess.anyone, limits: [RetrievalLimits.upload],
            body: .multipart([.file("file", summary: "PDF, DOCX, plain text or Markdown")]),
            maximumBodyBytes: self.receiver.maximumBytes + Self.furtherBytes, deadline: self.deadline,
            answers: [
                .json(
                    .ok, "It is kept, and being processed",
                    .object([
                        .required("document_id", .string(format: .uuid)), .required("filename", .string()),
                        .required("status", .choice(["processing"])), .required("message", .string()),
                    ])),
                .problem(.badRequest, "The file is of no type that is read, empty or too large"),
                .problem(.conflict, "The caller may have no more documents"),
                .problem(.serviceUnavailable, "No more documents are kept without a key now"),
            ]
        ) { request in
            try await self.answer(request)
        }
    }

    private func answer(_ request: OperationRequest) async throws -> OperationResponse {
        guard let upload = request.upload else {
            throw Problem(.internalError, "Internal Server Error", cause: NoForm())
        }
        let (owner, finish) = try self.owners.newOwner(of: request)
        // A form without the file is an error of the form.
        guard case .file(let file)? = try await upload.nextPart() else {
            throw Problem(.internalError, "Internal Server Error", cause: NoForm())
        }
        let receipt = try await self.receiver.receive(
            WholeForm(file: file, upload: upload), name: file.fileName, contentType: file.contentType ?? "", for: owner)
        if case .refused = receipt {
            // Many clients look for an answer only when they have sent everything.
            while try await upload.nextPart() != nil {}
        }
        return finish(try receipt.uploadAnswer())
    }

    /// The operation was called without the form that it declares.
    private struct NoForm: Error {}
}

/// The chunks of a file, which end when the form that it stands in is known to be complete.
private struct WholeForm: AsyncSequence {
    let file: MultipartFile
    let upload: MultipartUpload

    func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(chunks: self.file.makeAsyncIterator(), upload: self.upload)
    }

    struct AsyncIterator: AsyncIteratorProtocol {
        var chunks: MultipartFile.AsyncIterator
        let upload: MultipartUpload

        mutating func next() async throws -> [UInt8]? {
            if let chunk = try await self.chunks.next() { return chunk }
            while try await self.upload.nextPart() != nil {}
            return nil
        }
    }
}
