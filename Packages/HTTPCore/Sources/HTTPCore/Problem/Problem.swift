public import HTTPTypes
public import StrictJSON

/// A refusal or failure in the one shape that every error leaves with: RFC 9457 `application/problem+json` plus the
/// members that older clients read (DESIGN §3).
///
/// ```json
/// {"type":"about:blank","title":"Not Found","status":404,"detail":"Trace not found",
///  "error":"not_found","message":"Trace not found","request_id":"…"}
/// ```
///
/// `detail` and `message` are safe to show. What must not be shown belongs in ``cause``, which goes to the log only.
public struct Problem: Error, Sendable {
    /// The kind, the member `error`.
    public var code: ProblemCode
    /// The status of the response.
    public var status: HTTPResponse.Status
    /// The problem's URI, the member `type`.
    public var type: String
    /// What went wrong this time, in a sentence for the client's developer.
    public var detail: String
    /// The sentence for the member `message`; equal to `detail` unless a surface prescribes another.
    public var message: String
    /// Header fields that belong to the problem, such as `Allow` or `Retry-After`.
    public var headers: HTTPFields
    /// Further members, written after the usual ones.
    public var members: [(name: String, value: JSONValue)]
    /// What really happened, for the log.
    public var cause: (any Error)?
    /// Whether the connection is closed after the answer, because the rest of the request is not worth reading.
    public var closesConnection: Bool
    /// Whether the feature has recorded the refusal itself, so that no ``RefusalObserver`` is told of it as well.
    public var isRecorded: Bool

    /// Creates a problem.
    ///
    /// - Parameters:
    ///   - code: The kind; it also gives the status unless `status` is given.
    ///   - detail: A sentence safe to show.
    ///   - status: Another status than the usual one of the kind.
    ///   - message: Another text for `message` than `detail`.
    ///   - headers: Header fields to send along.
    ///   - members: Further members of the body.
    ///   - cause: The error behind, for the log.
    public init(
        _ code: ProblemCode,
        _ detail: String,
        status: HTTPResponse.Status? = nil,
        message: String? = nil,
        headers: HTTPFields = [:],
        members: [(name: String, value: JSONValue)] = [],
        cause: (any Error)? = nil
    ) {
        self.code = code
        self.status = status ?? code.usualStatus
        self.type = "about:blank"
        self.detail = detail
        self.message = message ?? detail
        self.headers = headers
        self.members = members
        self.cause = cause
        self.closesConnection = false
        self.isRecorded = false
    }

    /// The answer to every credential that is missing, empty, malformed, wrong or revoked; it never tells which.
    public static var invalidCredential: Problem { Problem(.unauthorized, "Invalid API key") }

    /// The answer to a path that no operation has.
    public static var notFound: Problem { Problem(.notFound, "Not Found") }

    /// The answer to a known path with another method.
    ///
    /// - Parameter allowed: The methods of the path, for the `Allow` header (RFC 9110 §15.5.6).
    public static func methodNotAllowed(allowed: [HTTPRequest.Method]) -> Problem {
        let list = allowed.map(\.rawValue).sorted().joined(separator: ", ")
        return Problem(.methodNotAllowed, "Method Not Allowed", headers: [.allow: list])
    }

    /// The answer to a body over the limit; the connection ends with it.
    ///
    /// - Parameter limit: The limit in bytes.
    public static func bodyTooLarge(limit: Int) -> Problem {
        var problem = Problem(.payloadTooLarge, "Request body too large: at most \(limit) bytes are accepted")
        problem.closesConnection = true
        return problem
    }

    /// The answer to violations of the declared shape; all of them are listed.
    ///
    /// - Parameters:
    ///   - violations: One or more violations, in the order found.
    ///   - detail: Another text for `detail` than that of all violations.
    public static func validation(_ violations: [Violation], detail: String? = nil) -> Problem {
        let detail = detail ?? violations.map(\.sentence).joined(separator: "; ")
        let errors = JSONValue.array(violations.map(\.json))
        return Problem(.validationError, detail, members: [("errors", errors)])
    }
}

extension Problem {
    /// The media type of RFC 9457.
    public static let mediaType = "application/problem+json"

    /// The bytes of the response's body, for a ``ConnectionFront`` that writes its answers itself.
    ///
    /// - Parameter requestID: The id that the response names in `X-Request-ID`.
    public func bodyBytes(requestID: String) -> [UInt8] {
        self.body(requestID: requestID).compactBytes()
    }

    /// The body of the response.
    ///
    /// - Parameter requestID: The id that the response names in `X-Request-ID`.
    func body(requestID: String) -> JSONValue {
        var members: [(String, JSONValue)] = [
            ("type", .string(self.type)),
            ("title", .string(self.status.reasonPhrase)),
            ("status", .integer(self.status.code)),
            ("detail", .string(self.detail)),
            ("error", .string(self.code.rawValue)),
            ("message", .string(self.message)),
            ("request_id", .string(requestID)),
        ]
        members.append(contentsOf: self.members.map { ($0.name, $0.value) })
        return .object(JSONObject(members))
    }
}
