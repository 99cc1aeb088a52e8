public import HTTPTypes

/// A request to send, with its whole body.
public struct OutboundRequest: Sendable {
    /// The method; `CONNECT` is refused.
    public var method: HTTPRequest.Method
    /// Where it goes.
    public var url: OutboundURL
    /// Header fields. `Host`, `Content-Length`, `User-Agent` (unless given) and all that is about the connection are the
    /// client's own.
    public var headers: HTTPFields
    /// The body, at most `requestBodyLimit` of the client's configuration.
    public var body: [UInt8]
    /// The largest body of an answer, in bytes; nil for `responseBodyLimit` of the client's configuration.
    public var responseBodyLimit: Int?
    /// How long the request may take from the call to the last byte of the answer; nil for `wholeTimeout` of the client's
    /// configuration.
    public var timeout: Duration?
    /// Whether it may be sent once more when a connection that was kept turns out to have been closed by the server meanwhile;
    /// if nil, `GET`, `HEAD`, `OPTIONS`, `PUT` and `DELETE` may, as RFC 9110, section 9.2.2, allows.
    public var isRepeatable: Bool?

    /// Creates a request.
    public init(_ method: HTTPRequest.Method = .get, _ url: OutboundURL, headers: HTTPFields = [:], body: [UInt8] = []) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
    }

    var mayBeRepeated: Bool {
        self.isRepeatable ?? [.get, .head, .options, .put, .delete].contains(self.method)
    }
}
