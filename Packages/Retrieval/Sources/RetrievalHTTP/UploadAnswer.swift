public import HTTPCore
import HTTPTypes
import Persistence
public import Retrieval
import StrictJSON

extension DocumentReceipt {
    /// The answer of `POST /api/v1/documents/upload` (CONTRACTS §1.3).
    ///
    /// ```json
    /// {"document_id":"…","filename":"plant.pdf","status":"processing","message":"…"}
    /// ```
    ///
    /// - Throws: `Problem`: 400 for what is no document or too large, 409 where the owner may have no more, 503 where sessions together may not.
    public func uploadAnswer() throws(Problem) -> OperationResponse {
        switch self {
        case .accepted(let document):
            return .json(
                .ok,
                [
                    "document_id": .string(document.id.sqlText),
                    "filename": .string(document.filename),
                    "status": .string(document.status.name),
                    "message": "Document uploaded; it is being processed",
                ])
        case .refused(let refusal):
            switch refusal {
            case .unsupportedType, .empty, .tooLarge: throw Problem(.badRequest, refusal.description)
            case .noRoom: throw Problem(.serviceUnavailable, refusal.description, headers: [.retryAfter: "3600"])
            case .tooManyDocuments, .tooManyBytes: throw Problem(.conflict, refusal.description)
            }
        }
    }
}
