import HTTPTypes
import StrictJSON

/// The API description (OpenAPI 3.1), made from the same list as the router.
struct OpenAPIDocument {
    let title: String
    let version: String
    let keyHeader: HTTPField.Name
    let furtherCredentials: [FurtherCredential]
    let limits: any LimitEnforcer
    let takesIdempotencyKeys: Bool

    /// The whole document.
    func json(for operations: [Operation]) -> JSONValue {
        let described = operations.filter(\.isDescribed)
        var paths: [(String, JSONValue)] = []
        for path in described.map(\.path).uniqued() {
            let methods = described.filter { $0.path == path }
            paths.append((path, .object(JSONObject(methods.map { ($0.method.rawValue.lowercased(), self.json(of: $0)) }))))
        }
        return [
            "openapi": "3.1.0",
            "info": ["title": .string(self.title), "version": .string(self.version)],
            "paths": .object(JSONObject(paths)),
            "components": [
                "securitySchemes": self.securitySchemes,
                "schemas": ["Problem": Self.problemSchema],
            ],
        ]
    }

    private var securitySchemes: JSONValue {
        var schemes: [(String, JSONValue)] = [
            ("apiKey", ["type": "apiKey", "in": "header", "name": .string(self.keyHeader.rawName)]),
            ("bearer", ["type": "http", "scheme": "bearer"]),
        ]
        for further in self.furtherCredentials {
            let scheme: JSONValue = ["type": "apiKey", "in": "header", "name": .string(further.header.rawName)]
            schemes.append((further.header.canonicalName, scheme))
        }
        return .object(JSONObject(schemes))
    }

    private func json(of operation: Operation) -> JSONValue {
        var members: [(String, JSONValue)] = [
            ("operationId", .string(operation.id)),
            ("summary", .string(operation.summary)),
            ("tags", [.string(operation.tag)]),
        ]
        let limits = operation.limits.flatMap { limitClass in
            self.limits.description(of: limitClass).map { "\(limitClass.name): \($0)" }
        }
        if !limits.isEmpty {
            members.append(("description", .string("Limits: \(limits.joined(separator: "; ")).")))
            members.append(("x-rate-limits", .array(limits.map { .string($0) })))
        }
        if operation.access.looksAtCredentials {
            let names =
                ["apiKey", "bearer"] + self.furtherCredentials.filter { $0.serves(operation) }.map(\.header.canonicalName)
            // The empty one says that none is needed.
            let none: [JSONValue] = operation.access.needsCredential ? [] : [[:]]
            members.append(("security", .array(none + names.map { .object(JSONObject([($0, [] as JSONValue)])) })))
        }
        var parameters = operation.parameters.map(Self.json(of:))
        if self.takesKeys(operation) { parameters.append(Self.idempotencyKey) }
        if !parameters.isEmpty { members.append(("parameters", .array(parameters))) }
        if let body = operation.body {
            members.append(
                (
                    "requestBody",
                    [
                        "required": .bool(body.isRequired),
                        "content": .object(JSONObject([(body.mediaType, ["schema": body.jsonSchema] as JSONValue)])),
                    ]
                ))
        }
        members.append(("responses", self.responses(of: operation)))
        return .object(JSONObject(members))
    }

    private static func json(of parameter: Operation.Parameter) -> JSONValue {
        [
            "name": .string(parameter.name),
            "in": .string(parameter.place.rawValue),
            "required": .bool(parameter.isRequired),
            "schema": parameter.schema.jsonSchema(default: parameter.fallback),
        ]
    }

    private func takesKeys(_ operation: Operation) -> Bool { self.takesIdempotencyKeys && operation.acceptsIdempotencyKey }

    private static let idempotencyKey: JSONValue = [
        "name": "Idempotency-Key",
        "in": "header",
        "required": false,
        "description": "Names this attempt; a repetition with the same key gets the same answer, with Idempotency-Replayed: true",
        "schema": ["type": "string", "minLength": 1, "maxLength": 257],
    ]

    /// What the operation declares, and what follows from its declaration.
    private func responses(of operation: Operation) -> JSONValue {
        var answers = operation.answers
        if operation.access == .anyoneIdentified {
            answers.append(.problem(.unauthorized, "Malformed, wrong or revoked credential"))
        } else if operation.access.looksAtCredentials {
            answers.append(.problem(.unauthorized, "Missing, malformed, wrong or revoked credential"))
        }
        if case .role = operation.access { answers.append(.problem(.forbidden, "The caller lacks the role")) }
        if case .multipart? = operation.body?.form { answers.append(.problem(.badRequest, "The body is no form, or ends early")) }
        if operation.body != nil { answers.append(.problem(.contentTooLarge, "The body is over its limit")) }
        if operation.body != nil || !operation.parameters.isEmpty {
            answers.append(.problem(.unprocessableContent, "The request breaks the declared shape; all violations are listed"))
        }
        if !operation.limits.isEmpty || operation.access.looksAtCredentials {
            answers.append(.problem(.tooManyRequests, "A limit is reached; Retry-After says when to come back"))
        }
        if self.takesKeys(operation) {
            answers.append(.problem(.conflict, "A request with this Idempotency-Key is running, or what came of it is not known"))
            answers.append(.problem(.unprocessableContent, "The Idempotency-Key is malformed or was used for another request"))
            answers.append(.problem(.serviceUnavailable, "Idempotency keys cannot be looked up now"))
        }
        var responses: [(String, JSONValue)] = []
        for answer in answers where !responses.contains(where: { $0.0 == String(answer.status.code) }) {
            responses.append((String(answer.status.code), Self.json(of: answer)))
        }
        responses.append(("default", Self.json(of: .problem(.internalServerError, "Any other refusal or failure"))))
        return .object(JSONObject(responses))
    }

    private static func json(of answer: Operation.Answer) -> JSONValue {
        var members: [(String, JSONValue)] = [("description", .string(answer.summary))]
        if answer.contentType == Problem.mediaType {
            let schema: JSONValue = ["$ref": "#/components/schemas/Problem"]
            members.append(("content", .object(JSONObject([(answer.contentType, ["schema": schema] as JSONValue)]))))
        } else if let schema = answer.schema {
            members.append(("content", .object(JSONObject([(answer.contentType, ["schema": schema.jsonSchema] as JSONValue)]))))
        } else if !answer.contentType.isEmpty {
            members.append(("content", .object(JSONObject([(answer.contentType, [:] as JSONValue)]))))
        }
        return .object(JSONObject(members))
    }

    private static var problemSchema: JSONValue {
        let step: JSONValue = ["type": ["string", "integer"]]
        let violation: JSONValue = [
            "type": "object",
            "properties": [
                "loc": ["type": "array", "items": step],
                "msg": ["type": "string"],
                "type": ["type": "string"],
            ],
            "required": ["loc", "msg", "type"],
        ]
        let problem = Schema.object([
            .required("type", .string()),
            .required("title", .string()),
            .required("status", .integer(400...599)),
            .required("detail", .string().described("What went wrong this time")),
            .required("error", .choice(ProblemCode.allCases.map(\.rawValue))),
            .required("message", .string()),
            .required("request_id", .string()),
            .optional("violated-policies", .array(of: .string())),
            .optional("retry_after_seconds", .integer(1...Int64.max)),
        ]).jsonSchema
        guard case .object(var members) = problem, case .object(var properties)? = members["properties"] else { return problem }
        properties["errors"] = ["type": "array", "items": violation, "description": "All violations of the declared shape"]
        members["properties"] = .object(properties)
        return .object(members)
    }
}

extension Operation.Body {
    var mediaType: String {
        switch self.form {
        case .json: "application/json"
        case .multipart: "multipart/form-data"
        }
    }

    var jsonSchema: JSONValue {
        switch self.form {
        case .json(let schema): schema.jsonSchema
        case .multipart(let fields): fields.jsonSchema
        }
    }
}

extension Sequence where Element == String {
    /// The elements in their order, each once.
    fileprivate func uniqued() -> [String] {
        var seen: Set<String> = []
        return self.filter { seen.insert($0).inserted }
    }
}
