public import HTTPTypes
public import StrictJSON

/// One thing that clients can ask for: the router and the API description are both made from a list of these, so that
/// they cannot drift apart (DESIGN §4).
public struct Operation: Sendable {
    /// A value in the path or in the query.
    public struct Parameter: Sendable {
        /// Where the value stands.
        public enum Place: String, Sendable {
            case path
            case query
        }

        let name: String
        let place: Place
        let schema: Schema
        let isRequired: Bool
        let fallback: JSONValue?
        /// Whether the value may hold slashes and so reach over several parts of the path.
        var spansParts = false

        /// A part of the path, named as in the template.
        public static func path(_ name: String, _ schema: Schema) -> Parameter {
            Parameter(name: name, place: .path, schema: schema, isRequired: true, fallback: nil)
        }

        /// All that the path has from here on, slashes included, up to what the template says behind it.
        ///
        /// The bytes between are decoded once, so `a/b` and `a%2Fb` are the same value. An operation has at most one of them; its
        /// template may only go on with plain text: `/api/counters/{key}/reset`.
        public static func restOfPath(_ name: String, _ schema: Schema) -> Parameter {
            Parameter(name: name, place: .path, schema: schema, isRequired: true, fallback: nil, spansParts: true)
        }

        /// A member of the query that may be left out; `fallback` then stands in for it.
        public static func query(_ name: String, _ schema: Schema, default fallback: JSONValue? = nil) -> Parameter {
            Parameter(name: name, place: .query, schema: schema, isRequired: false, fallback: fallback)
        }
    }

    /// What the request's body must be.
    public struct Body: Sendable {
        enum Form: Sendable {
            case json(Schema)
            case multipart([FormField])
        }

        let form: Form
        let isRequired: Bool

        /// A JSON body.
        ///
        /// - Parameters:
        ///   - schema: Its shape.
        ///   - isRequired: Whether an empty body is refused.
        public static func json(_ schema: Schema, isRequired: Bool = true) -> Body {
            Body(form: .json(schema), isRequired: isRequired)
        }

        /// A `multipart/form-data` body (RFC 7578), which the handler reads as it comes, from ``OperationRequest/upload``.
        ///
        /// - Parameter fields: What it may have; names stand once. Fields that are not named are passed over.
        public static func multipart(_ fields: [FormField]) -> Body {
            Body(form: .multipart(fields), isRequired: true)
        }
    }

    /// One answer, for the API description.
    public struct Answer: Sendable {
        let status: HTTPResponse.Status
        let summary: String
        let schema: Schema?
        let contentType: String

        /// An answer with a JSON body.
        public static func json(_ status: HTTPResponse.Status, _ summary: String, _ schema: Schema) -> Answer {
            Answer(status: status, summary: summary, schema: schema, contentType: "application/json")
        }

        /// An answer with another body, or with none.
        public static func other(_ status: HTTPResponse.Status, _ summary: String, contentType: String = "") -> Answer {
            Answer(status: status, summary: summary, schema: nil, contentType: contentType)
        }

        /// A refusal in the shape of ``Problem``.
        public static func problem(_ status: HTTPResponse.Status, _ summary: String) -> Answer {
            Answer(status: status, summary: summary, schema: nil, contentType: Problem.mediaType)
        }
    }

    /// Does the work; it runs after every check has passed.
    public typealias Handler = @Sendable (OperationRequest) async throws -> OperationResponse

    /// The method.
    public var method: HTTPRequest.Method
    /// The path with parameters in braces: `/api/v1/traces/{id}`. It is also the label in metrics.
    public var path: String
    /// A unique name in camel case, `operationId` of the API description.
    public var id: String
    /// A line for the API description.
    public var summary: String
    /// The heading under which the operation stands in the API description.
    public var tag: String
    /// Who may call it.
    public var access: Access
    /// Which limits apply; all of them admit or nothing is charged.
    public var limits: [LimitClass]
    /// Values in path and query.
    public var parameters: [Parameter]
    /// The body, or `nil` when none is read.
    public var body: Body?
    /// Most bytes of a body that are accepted.
    public var maximumBodyBytes: Int
    /// How long a request may take once its body is read, counted from its head; `nil` for the usual deadline of the service.
    ///
    /// Callers and limits are always looked at under the usual deadline.
    public var deadline: Duration?
    /// What clients may get, success first; refusals that follow from the declaration are added by themselves.
    public var answers: [Answer]
    /// Whether it stands in the API description.
    public var isDescribed: Bool
    /// Whether the HTTP metrics and the access log count it.
    public var isObserved: Bool
    /// Whether 401, 403, 413, 422 and 429 are told to the ``RefusalObserver`` of the program.
    public var recordsRefusals: Bool
    /// Whether a request may name itself by `Idempotency-Key`, so that repeating it does not do the work again; for writes by
    /// known callers only.
    public var acceptsIdempotencyKey: Bool
    /// A member of the JSON body that may carry the credential, for clients that have no header for it; `nil` for none.
    ///
    /// The body is then read before the caller is known. A credential in it is the only one that is looked at, and the handler does
    /// not see it.
    public var credentialMember: String?
    /// A member of the same body that names the caller, such as `caller_id`; `nil` for none.
    ///
    /// It proves nothing, and tells the ``CallerResolver`` where to look first. The handler sees it.
    public var callerMember: String?
    /// Does the work.
    public var handler: Handler

    /// The usual bound of a request body: 1 MiB.
    public static let usualMaximumBodyBytes = 1_048_576

    /// Creates an operation.
    ///
    /// - Parameters:
    ///   - method: The method.
    ///   - path: The path with parameters in braces.
    ///   - id: A unique name in camel case.
    ///   - summary: A line for the API description.
    ///   - tag: The heading in the API description.
    ///   - access: Who may call it.
    ///   - limits: Which limits apply.
    ///   - parameters: Values in path and query.
    ///   - body: The body, or `nil` when none is read.
    ///   - maximumBodyBytes: Most bytes of a body that are accepted.
    ///   - deadline: How long a request may take; `nil` for the usual deadline of the service.
    ///   - answers: What clients may get, success first.
    ///   - isDescribed: Whether it stands in the API description.
    ///   - isObserved: Whether metrics and access log count it.
    ///   - recordsRefusals: Whether 401, 403, 413, 422 and 429 are told to the ``RefusalObserver`` of the program.
    ///   - acceptsIdempotencyKey: Whether a request may name itself by `Idempotency-Key`.
    ///   - credentialMember: A member of the JSON body that may carry the credential.
    ///   - callerMember: A member of the same body that names the caller.
    ///   - handler: Does the work.
    public init(
        _ method: HTTPRequest.Method,
        _ path: String,
        id: String,
        summary: String,
        tag: String,
        access: Access,
        limits: [LimitClass] = [],
        parameters: [Parameter] = [],
        body: Body? = nil,
        maximumBodyBytes: Int = Operation.usualMaximumBodyBytes,
        deadline: Duration? = nil,
        answers: [Answer] = [],
        isDescribed: Bool = true,
        isObserved: Bool = true,
        recordsRefusals: Bool = false,
        acceptsIdempotencyKey: Bool = false,
        credentialMember: String? = nil,
        callerMember: String? = nil,
        handler: @escaping Handler
    ) {
        self.method = method
        self.path = path
        self.id = id
        self.summary = summary
        self.tag = tag
        self.access = access
        self.limits = limits
        self.parameters = parameters
        self.body = body
        self.maximumBodyBytes = maximumBodyBytes
        self.deadline = deadline
        self.answers = answers
        self.isDescribed = isDescribed
        self.isObserved = isObserved
        self.recordsRefusals = recordsRefusals
        self.acceptsIdempotencyKey = acceptsIdempotencyKey
        self.credentialMember = credentialMember
        self.callerMember = callerMember
        self.handler = handler
    }
}
