import HTTPCore
import HTTPCoreTestSupport
import NIOCore
import NIOPosix
import NIOSSL
import Testing

/// A client that writes bytes as they are and reads what comes back, as no well-behaved library would.
struct RawClient {
    /// One answer as it stood on the wire.
    struct Answer {
        let status: Int
        let fields: [String: String]
        let body: String
    }

    private var parts: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
    private let writer: NIOAsyncChannelOutboundWriter<ByteBuffer>
    private var received = ""

    /// Connects, lends the client, and closes the connection.
    static func connected<Value: Sendable>(
        to port: Int,
        tls: NIOSSLContext? = nil,
        _ body: (inout RawClient) async throws -> Value
    ) async throws -> Value {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls {
                        try channel.pipeline.syncOperations.addHandler(
                            NIOSSLClientHandler(context: tls, serverHostname: "localhost"))
                    }
                    return try NIOAsyncChannel<ByteBuffer, ByteBuffer>(
                        wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true))
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            var client = RawClient(parts: inbound.makeAsyncIterator(), writer: outbound)
            return try await body(&client)
        }
    }

    func send(_ text: String) async throws {
        try await self.writer.write(ByteBuffer(string: text))
    }

    /// Closes our half: nothing more will be sent.
    func finish() {
        self.writer.finish()
    }

    /// The next answer, or `nil` when the connection ended before it; `hasBody` is false for answers to HEAD.
    mutating func answer(hasBody: Bool = true) async throws -> Answer? {
        while true {
            if let end = self.received.utf8.firstRange(of: "\r\n\r\n".utf8) {
                let lines = self.received[..<end.lowerBound].components(separatedBy: "\r\n")
                var fields: [String: String] = [:]
                for line in lines.dropFirst() {
                    let colon = try #require(line.firstIndex(of: ":"))
                    fields[line[..<colon].lowercased()] = String(line[line.index(after: colon)...].drop { $0 == " " })
                }
                let length = hasBody ? fields["content-length"].flatMap { Int($0) } ?? 0 : 0
                let rest = self.received[end.upperBound...]
                if rest.utf8.count >= length {
                    let bodyEnd = rest.utf8.index(rest.startIndex, offsetBy: length)
                    let status = Int(lines[0].split(separator: " ")[1]) ?? 0
                    let answer = Answer(status: status, fields: fields, body: String(rest[..<bodyEnd]))
                    self.received = String(rest[bodyEnd...])
                    return answer
                }
            }
            guard try await self.readMore() else { return nil }
        }
    }

    /// Reads until a text has come, and returns everything up to its end; shorter when the connection ended before.
    mutating func text(upTo end: String) async throws -> String {
        while true {
            if let range = self.received.utf8.firstRange(of: end.utf8) {
                let text = String(self.received[..<range.upperBound])
                self.received = String(self.received[range.upperBound...])
                return text
            }
            guard try await self.readMore() else { return self.received }
        }
    }

    /// Whether the server ends the connection now without another byte; waits for the end.
    mutating func isAtEnd() async throws -> Bool {
        while try await self.readMore() {}
        return self.received.isEmpty
    }

    /// Reads until the server ends the connection, and counts.
    mutating func bytesUntilEnd() async throws -> Int {
        var count = self.received.utf8.count
        self.received = ""
        while try await self.readMore() {
            count += self.received.utf8.count
            self.received = ""
        }
        return count
    }

    private mutating func readMore() async throws -> Bool {
        do {
            guard let part = try await self.parts.next(isolation: #isolation) else { return false }
            self.received += String(buffer: part)
            return true
        } catch is IOError {
            return false
        }
    }
}

extension Substring {
    fileprivate func components(separatedBy separator: String) -> [Substring] {
        var parts: [Substring] = []
        var rest = self.utf8
        while let range = rest.firstRange(of: separator.utf8) {
            parts.append(Substring(rest[..<range.lowerBound]))
            rest = rest[range.upperBound...]
        }
        return parts + [Substring(rest)]
    }
}

/// Serves the fixture on a socket and lends one connection to it.
func withConnection<Value: Sendable>(
    to service: HTTPService,
    idleTimeout: Duration = .seconds(60),
    _ body: @escaping @Sendable (inout RawClient) async throws -> Value
) async throws -> Value {
    try await service.serving(idleTimeout: idleTimeout) { port, _ in
        try await RawClient.connected(to: port, body)
    }
}
