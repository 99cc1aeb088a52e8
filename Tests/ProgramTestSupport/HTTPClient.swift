import Dispatch

/// A client that sends exactly what it is told, over a connection for each exchange.
package struct HTTPClient: Sendable {
    package let port: Int

    /// Creates a client of the server at a port of 127.0.0.1.
    package init(port: Int) {
        self.port = port
    }

    /// Sends a request and reads the answer.
    ///
    /// - Parameters:
    ///   - fields: Header fields, written as they are.
    ///   - key: The value of `X-API-Key`; none if nil.
    ///   - body: JSON; its length is announced.
    package func send(
        _ method: String, _ path: String, fields: [String] = [], key: String? = nil, body: String? = nil
    ) async throws -> HTTPAnswer {
        let request = Self.request(method, path, fields: fields, key: key, body: body)
        return try await self.exchange(request, answersTo: [method])[0]
    }

    /// Sends the same request several times in one piece, and reads all answers.
    package func pipeline(_ count: Int, _ method: String, _ path: String, key: String? = nil, body: String? = nil) async throws
        -> [HTTPAnswer]
    {
        let request = Self.request(method, path, fields: [], key: key, body: body)
        let requests = Array(repeating: request, count: count).joined()
        return try await self.exchange(Array(requests), answersTo: Array(repeating: method, count: count))
    }

    /// Sends bytes and reads an answer to each method.
    package func exchange(_ bytes: [UInt8], answersTo methods: [String]) async throws -> [HTTPAnswer] {
        try await self.withConnection { connection in
            try connection.send(bytes)
            return try methods.map { try connection.readAnswer(to: $0) }
        }
    }

    /// Lends a connection on a thread of its own, as its calls block.
    package func withConnection<Value: Sendable>(_ body: @escaping @Sendable (SocketConnection) throws -> Value) async throws
        -> Value
    {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async {
                continuation.resume(
                    with: Result {
                        let connection = try SocketConnection(port: self.port)
                        defer { connection.close() }
                        return try body(connection)
                    })
            }
        }
    }

    /// The bytes of a request.
    package static func request(
        _ method: String, _ path: String, fields: [String] = [], key: String? = nil, body: String? = nil
    ) -> [UInt8] {
        var lines = ["\(method) \(path) HTTP/1.1", "Host: localhost"] + fields
        if let key { lines.append("X-API-Key: \(key)") }
        if let body { lines += ["Content-Type: application/json", "Content-Length: \(body.utf8.count)"] }
        return Array((lines.joined(separator: "\r\n") + "\r\n\r\n" + (body ?? "")).utf8)
    }
}
