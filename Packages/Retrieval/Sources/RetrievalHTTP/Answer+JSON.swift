import HTTPCore
import Persistence
import Retrieval
import StrictJSON

extension Answer {
    /// The answer of `/api/v1/query` (CONTRACTS §1.3), and who gave it.
    var json: JSONValue {
        [
            "answer": .string(self.text),
            "citations": .array(self.citations.map(\.json)),
            "answered_by": .string(self.origin.rawValue),
            "model_fallback": .string(orNull: self.fallback?.rawValue),
        ]
    }

    /// The answer of `/api/v1/query/enhanced` (CONTRACTS §1.3), and who gave it.
    var enhancedJSON: JSONValue {
        [
            "answer": .string(self.text),
            "confidence": self.confidence.json,
            "citations": .array(self.citations.map(\.enhancedJSON)),
            "answered_by": .string(self.origin.rawValue),
            "model_fallback": .string(orNull: self.fallback?.rawValue),
        ]
    }

    static var schema: Schema {
        .object([.required("answer", .string()), .required("citations", .array(of: Citation.schema))] + Self.originFields)
    }

    static var enhancedSchema: Schema {
        .object(
            [
                .required("answer", .string()),
                .required("confidence", Confidence.schema),
                .required("citations", .array(of: Citation.enhancedSchema)),
            ] + Self.originFields)
    }

    private static var originFields: [Schema.Field] {
        [
            .required("answered_by", .choice(Origin.allCases.map(\.rawValue))),
            .required(
                "model_fallback",
                .choice(AnswerFailure.Reason.allCases.map(\.rawValue)).nullable
                    .described("Why the configured model did not answer, and passages are quoted instead")),
        ]
    }
}

extension Confidence {
    var json: JSONValue {
        [
            "score": .float(self.score), "level": .string(self.level.rawValue),
            "interpretation": .string(self.interpretation),
        ]
    }

    static var schema: Schema {
        .object([
            .required("score", .number.described("0 to 1")),
            .required("level", .choice(Level.allCases.map(\.rawValue))),
            .required("interpretation", .string()),
        ])
    }
}

extension Citation {
    var json: JSONValue {
        [
            "document_id": .string(self.documentID.sqlText),
            "filename": .string(self.filename),
            "chunk_text": .string(self.excerpt),
            "relevance_score": .float(self.relevance),
        ]
    }

    var enhancedJSON: JSONValue {
        [
            "document_id": .string(self.documentID.sqlText),
            "filename": .string(self.filename),
            "page_number": .integer(orNull: self.page),
            "chunk_text": .string(self.text),
            "highlighted_passage": .string(self.highlightedText),
            "highlight_start": .integer(self.highlight.lowerBound),
            "highlight_end": .integer(self.highlight.upperBound),
            "relevance_score": .float(self.relevance),
            "chunk_position": .integer(self.position),
        ]
    }

    static var schema: Schema {
        .object([
            .required("document_id", .string(format: .uuid)),
            .required("filename", .string()),
            .required("chunk_text", .string().described("The beginning of the passage, 200 characters at most, and `...`")),
            .required("relevance_score", .number.described("0 to 1: what part of the question it speaks of")),
        ])
    }

    static var enhancedSchema: Schema {
        .object([
            .required("document_id", .string(format: .uuid)),
            .required("filename", .string()),
            .required("page_number", .integer(1...Int64.max).nullable.described("The page on which the passage begins")),
            .required("chunk_text", .string().described("The whole passage")),
            .required("highlighted_passage", .string().described("The sentence that fits best")),
            .required("highlight_start", .integer().described("Where it begins, in Unicode code points of chunk_text")),
            .required("highlight_end", .integer().described("Where it ends")),
            .required("relevance_score", .number.described("0 to 1: what part of the question it speaks of")),
            .required("chunk_position", .integer().described("The place of the passage in the document, from 0")),
        ])
    }
}
