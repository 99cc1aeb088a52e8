import HTTPTypes
import NIOHTTP1

extension OutboundRequest {
    /// The largest head of a request, in bytes.
    private static let headByteLimit = 64 << 10

    /// Fields that say how the message is framed, or are about the connection (RFC 9110, section 7.6.1).
    private static let ownFields: Set<String> = [
        "host", "content-length", "transfer-encoding", "connection", "keep-alive", "proxy-connection", "proxy-authorization",
        "te",
        "trailer", "upgrade", "expect",
    ]

    /// The head as it is sent.
    ///
    /// - Throws: ``OutboundError`` with code `invalidRequest`, naming the field or the rule.
    func head(userAgent: String, bodyByteLimit: Int) throws(OutboundError) -> HTTPRequestHead {
        guard self.method != .connect else {
            throw OutboundError(.invalidRequest, message: "the method CONNECT is not sent")
        }
        guard self.body.count <= bodyByteLimit else {
            throw OutboundError(.invalidRequest, message: "the body of the request is larger than \(bodyByteLimit) bytes")
        }
        var headers = HTTPHeaders([("Host", self.url.authority)])
        var byteCount = self.url.target.utf8.count
        for field in self.headers {
            guard !Self.ownFields.contains(field.name.canonicalName) else {
                throw OutboundError(.invalidRequest, message: "the header field \(field.name.rawName) is set by the client")
            }
            headers.add(name: field.name.rawName, value: field.value)
            byteCount += field.name.rawName.utf8.count + field.value.utf8.count + 4
        }
        guard byteCount <= Self.headByteLimit else {
            throw OutboundError(.invalidRequest, message: "the head of the request is larger than \(Self.headByteLimit) bytes")
        }
        if self.headers[.userAgent] == nil { headers.add(name: "User-Agent", value: userAgent) }
        if !self.body.isEmpty || [.post, .put, .patch].contains(self.method) {
            headers.add(name: "Content-Length", value: String(self.body.count))
        }
        return HTTPRequestHead(
            version: .http1_1, method: HTTPMethod(rawValue: self.method.rawValue), uri: self.url.target, headers: headers)
    }
}
