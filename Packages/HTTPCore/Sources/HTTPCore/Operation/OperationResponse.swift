public import HTTPTypes
public import StrictJSON

/// What a handler answers.
public struct OperationResponse: Sendable {
    /// The status.
    public var status: HTTPResponse.Status
    /// Header fields beside those that every response gets.
    public var headers: HTTPFields
    /// The bytes of the body.
    public var body: [UInt8]

    /// An answer with bytes of a given type.
    ///
    /// - Parameters:
    ///   - status: The status.
    ///   - contentType: The media type of `body`.
    ///   - body: The bytes.
    public init(_ status: HTTPResponse.Status = .ok, contentType: String, body: [UInt8]) {
        self.status = status
        self.headers = [.contentType: contentType]
        self.body = body
    }

    /// An answer with a JSON body.
    public static func json(_ status: HTTPResponse.Status, _ value: JSONValue) -> OperationResponse {
        OperationResponse(status, contentType: "application/json", body: value.compactBytes())
    }

    /// An answer without a body.
    public static func empty(_ status: HTTPResponse.Status = .noContent) -> OperationResponse {
        var response = OperationResponse(status, contentType: "", body: [])
        response.headers = [:]
        return response
    }
}
