public import HTTPTypes
public import StrictJSON

/// What a handler answers.
public struct OperationResponse: Sendable {
    /// The status.
    public var status: HTTPResponse.Status
    /// Header fields beside those that every response gets.
    public var headers: HTTPFields
    /// The bytes of the body; empty where it is streamed.
    public var body: [UInt8]
    /// Writes the body, where it is streamed; nil where it is in ``body``.
    var stream: Stream?

    /// Writes the body of an answer piece by piece.
    ///
    /// It is called once, behind the head, when the deadline of the request counts no more: it bounds itself. Its argument sends a
    /// piece, and waits while the client is slow to read. An error ends the connection in the middle of the body, so that no client
    /// takes a part for the whole.
    public typealias Stream = @Sendable (_ send: ([UInt8]) async throws -> Void) async throws -> Void

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

    /// An answer whose body is sent while it is made, such as server-sent events.
    ///
    /// - Parameters:
    ///   - status: The status.
    ///   - contentType: The media type of the body.
    ///   - stream: Writes the body.
    public static func stream(
        _ status: HTTPResponse.Status = .ok, contentType: String, _ stream: @escaping Stream
    ) -> OperationResponse {
        var response = OperationResponse(status, contentType: contentType, body: [])
        response.stream = stream
        return response
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
