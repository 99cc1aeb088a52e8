public import HTTPTypes
import NIOHTTP1

/// Status and header fields of an answer.
public struct OutboundResponseHead: Sendable {
    /// The status, 200 to 599 without redirections; 304 is an answer like any other.
    public let status: Int
    /// The header fields. The body is passed on as it came: `Content-Encoding` is the caller's business.
    public let headers: HTTPFields

    init(_ head: HTTPResponseHead) {
        self.status = Int(head.status.code)
        var headers = HTTPFields()
        for (name, value) in head.headers {
            if let name = HTTPField.Name(name) { headers.append(HTTPField(name: name, value: value)) }
        }
        self.headers = headers
    }
}

/// An answer with its whole body.
public struct OutboundResponse: Sendable {
    /// Status and header fields.
    public let head: OutboundResponseHead
    /// The body, at most as large as allowed.
    public let body: [UInt8]

    /// The status, 200 to 599 without redirections.
    public var status: Int { self.head.status }
    /// The header fields.
    public var headers: HTTPFields { self.head.headers }
}
