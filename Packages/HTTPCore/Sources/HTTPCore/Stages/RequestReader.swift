import HTTPTypes
import Hummingbird
import Identity
import NIOCore
import NIOHTTPTypes
import StrictJSON

/// Stage 8: parses path, query and JSON body strictly and reports all violations at once; a form is left to the handler.
enum RequestReader {
    /// Reads the request as the operation declares it.
    ///
    /// - Throws: ``Problem`` with status 422 for text that is no JSON or breaks the shape, 413 for a body over the limit, 400 for a body that
    ///   should be a form and is none.
    static func read(_ request: Request, context: GatehouseContext, for operation: Operation) async throws -> OperationRequest {
        var violations: [Violation] = []
        let parameters = try self.parameters(of: request, context: context, for: operation, into: &violations)
        var body = JSONValue.null
        var form: [FormField]?
        switch operation.body?.form {
        case nil: break
        case .multipart(let fields)?: form = fields
        case .json(let schema)?:
            var text: BodyText
            if let read = context.body {
                text = read
            } else {
                text = try await self.body(of: request, context: context, for: operation)
            }
            if let member = operation.credentialMember { text.remove(member) }
            body = self.body(
                text, schema: schema, isRequired: operation.body?.isRequired ?? false, into: &violations)
        }
        guard violations.isEmpty else { throw Problem.validation(violations) }
        var input = OperationRequest(
            id: context.requestID,
            caller: context.caller,
            clientAddress: context.clientAddress,
            clientOrigin: context.client?.origin ?? .peer,
            headers: request.headers,
            parameters: parameters,
            body: body,
            logger: context.logger
        )
        input.callerNote = context.callerNote
        if let form {
            input.upload = try MultipartUpload(request, fields: form, limit: operation.maximumBodyBytes) {
                try await context.inviteBody(of: request)
            }
        }
        return input
    }

    private static func parameters(
        of request: Request,
        context: GatehouseContext,
        for operation: Operation,
        into violations: inout [Violation]
    ) throws -> JSONValue {
        if operation.parameters.isEmpty { return [:] }
        let query = request.uri.query.map { PercentEncoding.pairs(inQuery: $0) } ?? []
        var members: [(String, JSONValue)] = []
        for parameter in operation.parameters {
            let text = try self.text(of: parameter, in: request, query: query, context: context, for: operation)
            var location: [Violation.Step] = [.name(parameter.place.rawValue), .name(parameter.name)]
            if let text {
                guard let decoded = PercentEncoding.decode(text, plusIsSpace: parameter.place == .query) else {
                    let message = "Input should be percent-encoded UTF-8 without NUL"
                    violations.append(Violation(at: location, type: "string_unicode", message: message))
                    continue
                }
                members.append((parameter.name, parameter.schema.normalised(.string(decoded), at: &location, into: &violations)))
            } else if let fallback = parameter.fallback {
                members.append((parameter.name, fallback))
            } else if parameter.isRequired {
                violations.append(Violation(at: location, type: "missing", message: "Field required"))
            }
        }
        return .object(JSONObject(members))
    }

    /// The text of a value as it was sent.
    private static func text(
        of parameter: Operation.Parameter, in request: Request, query: [(name: String, value: Substring)],
        context: GatehouseContext,
        for operation: Operation
    ) throws -> Substring? {
        if parameter.spansParts { return try self.spannedText(of: request, for: operation) }
        switch parameter.place {
        case .path: return context.parameters[parameter.name[...]]
        case .query: return query.last { $0.name.utf8.elementsEqual(parameter.name.utf8) }?.value
        }
    }

    /// - Throws: ``Problem`` with status 404 when the path does not end as the template does.
    private static func spannedText(of request: Request, for operation: Operation) throws -> Substring {
        let target = request.head.path ?? ""
        let path = target.utf8.firstIndex(of: UInt8(ascii: "?")).map { target[..<$0] } ?? target[...]
        guard let text = operation.spannedText(in: path) else { throw Problem.notFound }
        return text
    }

    /// Reads the whole body, never more than `limit` bytes of it.
    private static func collect(_ request: Request, context: GatehouseContext, limit: Int) async throws -> [UInt8] {
        try await context.inviteBody(of: request)
        var bytes: [UInt8] = []
        let announced = request.headers[.contentLength].flatMap { Int($0) }
        if let announced { bytes.reserveCapacity(max(0, min(announced, limit))) }
        for try await part in request.body {
            guard part.readableBytes <= limit - bytes.count else { throw Problem.bodyTooLarge(limit: limit) }
            bytes.append(contentsOf: part.readableBytesView)
        }
        // A client that hung up and a cancelled task both look like the end of the body.
        try Task.checkCancellation()
        if let announced, bytes.count < announced { throw Problem.truncatedBody }
        return bytes
    }

    /// Reads the body, and parses it if it is JSON.
    ///
    /// - Throws: ``Problem`` with status 422 for text that is no JSON, 413 for a body over the limit.
    static func body(
        of request: Request, context: GatehouseContext, for operation: Operation
    ) async throws -> BodyText {
        let bytes = try await self.collect(request, context: context, limit: operation.maximumBodyBytes)
        guard !bytes.isEmpty else { return .absent }
        guard Self.isJSON(request.headers[.contentType]) else { return .otherType }
        do throws(JSONError) {
            return .json(try JSONValue(parsing: bytes))
        } catch {
            let location: [Violation.Step] = [.name("body"), .index(error.offset ?? 0)]
            throw Problem.validation([Violation(at: location, type: "json_invalid", message: "JSON decode error: \(error)")])
        }
    }

    private static func body(
        _ text: BodyText, schema: Schema, isRequired: Bool, into violations: inout [Violation]
    ) -> JSONValue {
        switch text {
        case .absent:
            if isRequired {
                violations.append(Violation(at: [.name("body")], type: "missing", message: "Field required"))
            }
            return .null
        case .otherType:
            // A page on another site can post a form or plain text without asking; it cannot post JSON.
            let message = "Content-Type should be application/json"
            violations.append(Violation(at: [.name("header"), .name("content-type")], type: "content_type", message: message))
            return .null
        case .json(let value):
            var location: [Violation.Step] = [.name("body")]
            return schema.normalised(value, at: &location, into: &violations)
        }
    }

    /// Whether a body of this type may be JSON: no type at all, `application/json`, or a type with the suffix `+json`.
    private static func isJSON(_ contentType: String?) -> Bool {
        guard let contentType else { return true }
        let end = contentType.utf8.firstIndex(of: UInt8(ascii: ";")) ?? contentType.endIndex
        var type = contentType[..<end].lowercased()[...]
        while type.utf8.last == UInt8(ascii: " ") { type.removeLast() }
        return type == "application/json" || (type.hasPrefix("application/") && type.hasSuffix("+json"))
    }
}

/// A body as it came.
enum BodyText: Sendable {
    /// There is none.
    case absent
    /// It announces itself as something else than JSON, and was not parsed.
    case otherType
    case json(JSONValue)

    /// Takes a member out of an object.
    mutating func remove(_ member: String) {
        guard case .json(.object(var object)) = self else { return }
        object[member] = nil
        self = .json(.object(object))
    }
}

extension Problem {
    /// The answer, rarely read, to a client that hung up in the middle of a body.
    static var truncatedBody: Problem {
        var problem = Problem(.badRequest, "The request body ended before its announced length")
        problem.closesConnection = true
        return problem
    }
}
