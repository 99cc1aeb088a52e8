import HTTPCore
import Persistence
import Retrieval
import StrictJSON

extension RetrievalDocument {
    /// What its owner is told of it.
    var json: JSONValue {
        var reason: String?
        if case .failed(let text) = self.status { reason = text }
        let findings = self.findings.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        return [
            "document_id": .string(self.id.sqlText),
            "filename": .string(self.filename),
            "content_type": .string(self.contentType),
            "bytes": .integer(self.bytes),
            "sha256": .string(self.sha256),
            "status": .string(self.status.name),
            "reason": .string(orNull: reason),
            "pages": .integer(orNull: self.pages),
            "passages": .integer(self.passages),
            "findings": .array(findings.map { ["type": .string($0.key), "count": .integer($0.value)] }),
            "created_at": .string(self.createdAt.rfc3339),
            "updated_at": .string(self.updatedAt.rfc3339),
        ]
    }

    static var schema: Schema {
        let finding: Schema = .object([.required("type", .string()), .required("count", .integer())])
        return .object([
            .required("document_id", .string(format: .uuid)),
            .required("filename", .string()),
            .required("content_type", .string()),
            .required("bytes", .integer()),
            .required("sha256", .string()),
            .required("status", .choice(["processing", "ready", "failed"])),
            .required("reason", .string().nullable.described("Why it failed")),
            .required("pages", .integer().nullable),
            .required("passages", .integer().described("0 until it is ready")),
            .required(
                "findings", .array(of: finding).described("Secrets and personal data in its text, by type; never the values")),
            .required("created_at", .string(format: .dateTime)),
            .required("updated_at", .string(format: .dateTime)),
        ])
    }
}
