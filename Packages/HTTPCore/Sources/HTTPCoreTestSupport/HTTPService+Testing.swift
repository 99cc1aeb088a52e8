public import HTTPCore
public import HTTPTypes
import Hummingbird
public import Identity
import Logging
import NIOCore
import NIOEmbedded
public import StrictJSON

/// What came back from a service under test.
public struct ServiceAnswer: Sendable {
    /// The status.
    public let status: HTTPResponse.Status
    /// The header fields.
    public let headers: HTTPFields
    /// The bytes of the body.
    public let body: [UInt8]

    /// The body as JSON.
    ///
    /// - Throws: `JSONError` when it is none.
    public var json: JSONValue {
        get throws { try JSONValue(parsing: self.body) }
    }
}

extension HTTPService {
    /// Sends one request through all stages, without a socket.
    ///
    /// - Parameters:
    ///   - method: The method.
    ///   - path: Path and query as they stand in the request line.
    ///   - headers: Header fields; `Content-Length` is set from `body` unless given.
    ///   - body: The bytes of the body.
    ///   - peer: The address of the socket's other end.
    public func answer(
        _ method: HTTPRequest.Method,
        _ path: String,
        headers: HTTPFields = [:],
        body: [UInt8]? = nil,
        peer: IPAddress? = IPAddress("192.0.2.1")
    ) async throws -> ServiceAnswer {
        var headers = headers
        if let body, headers[.contentLength] == nil { headers[.contentLength] = String(body.count) }
        let request = Request(
            head: HTTPRequest(method: method, scheme: "http", authority: "localhost", path: path, headerFields: headers),
            body: RequestBody(buffer: ByteBuffer(bytes: body ?? []))
        )
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let source = ApplicationRequestContextSource(channel: NIOAsyncTestingChannel(), logger: logger)
        let context = GatehouseContext(source: source, peerAddress: peer)
        let response = try await self.responder.respond(to: request, context: context)
        let collected = CollectedBody()
        try await response.body.write(collected)
        return ServiceAnswer(status: response.status, headers: response.headers, body: collected.bytes)
    }

    /// Sends JSON through all stages, without a socket.
    ///
    /// - Parameters:
    ///   - method: The method.
    ///   - path: Path and query as they stand in the request line.
    ///   - json: The body.
    ///   - headers: Header fields beside `Content-Type`.
    public func answer(
        _ method: HTTPRequest.Method,
        _ path: String,
        json: JSONValue,
        headers: HTTPFields = [:]
    ) async throws -> ServiceAnswer {
        var headers = headers
        headers[.contentType] = "application/json"
        return try await self.answer(method, path, headers: headers, body: json.compactBytes())
    }
}

/// Gathers what a response writes.
private final class CollectedBody: ResponseBodyWriter {
    private(set) var bytes: [UInt8] = []

    func write(_ buffer: ByteBuffer) async throws {
        self.bytes.append(contentsOf: buffer.readableBytesView)
    }

    func finish(_ trailingHeaders: HTTPFields?) async throws {}
}
