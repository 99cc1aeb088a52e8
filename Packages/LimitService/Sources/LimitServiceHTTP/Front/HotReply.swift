import HTTPCore
import HTTPTypes
import LimitService
import NIOCore

/// Writes whole answers of HTTP/1.1, as the ordinary path would.
///
/// Belongs to one connection: it keeps the date of the current second and the generator of request ids.
struct HotReply {
    /// The longest head beside the fields of a decision: status line, content type and length, request id, date.
    private static let longestHead = 384

    private var date = HTTPDate()
    private var ids = RequestIDs()

    /// Writes the answer to one check.
    mutating func write(_ answer: LimitAnswer, requestID: UnsafeRawBufferPointer?, into buffer: inout ByteBuffer) -> WrittenReply
    {
        if answer.isUnavailable { return self.write(CheckReply.unavailable, requestID: requestID, into: &buffer) }
        var bodyBytes = 0
        withUnsafeTemporaryAllocation(byteCount: CheckReply.longestBody, alignment: 1) { room in
            var body = ReplyBytes(target: room)
            CheckReply.writeBody(of: answer, into: &body)
            bodyBytes = body.count
            let text = UnsafeRawBufferPointer(rebasing: room[..<body.count])
            buffer.writeReply(most: Self.longestHead + CheckReply.longestFields + CheckReply.longestBody) { bytes in
                bytes.write(
                    answer.isAllowed
                        ? "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                        : "HTTP/1.1 429 Too Many Requests\r\nContent-Type: application/json\r\n")
                CheckReply.writeFields(of: answer, into: &bytes)
                self.endHead(&bytes, contentLength: bodyBytes, requestID: requestID)
                bytes.write(text)
            }
        }
        return WrittenReply(status: answer.isAllowed ? 200 : 429, bodyBytes: bodyBytes)
    }

    /// Writes the answer to a batch.
    mutating func write(_ answers: [LimitAnswer], requestID: UnsafeRawBufferPointer?, into buffer: inout ByteBuffer)
        -> WrittenReply
    {
        if answers.contains(where: \.isUnavailable) {
            return self.write(CheckReply.unavailable, requestID: requestID, into: &buffer)
        }
        let body = BatchReply.body(of: answers)
        let isDegraded = answers.contains(where: \.isDegraded)
        buffer.writeReply(most: Self.longestHead) { bytes in
            bytes.write("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n")
            if isDegraded { bytes.write("X-RateLimit-Policy: degraded\r\n") }
            self.endHead(&bytes, contentLength: body.readableBytes, requestID: requestID)
        }
        buffer.writeImmutableBuffer(body)
        return WrittenReply(status: 200, bodyBytes: body.readableBytes)
    }

    private mutating func write(
        _ problem: Problem, requestID: UnsafeRawBufferPointer?, into buffer: inout ByteBuffer
    ) -> WrittenReply {
        let id = requestID.map { String(decoding: $0, as: UTF8.self) } ?? self.ids.nextText()
        let body = problem.bodyBytes(requestID: id)
        buffer.writeString("HTTP/1.1 \(problem.status.code) \(problem.status.reasonPhrase)\r\n")
        for field in problem.headers { buffer.writeString("\(field.name.rawName): \(field.value)\r\n") }
        buffer.writeString("Content-Type: \(Problem.mediaType)\r\n")
        buffer.writeReply(most: Self.longestHead) { bytes in
            var id = id
            id.withUTF8 { text in
                self.endHead(&bytes, contentLength: body.count, requestID: UnsafeRawBufferPointer(text))
            }
        }
        buffer.writeBytes(body)
        return WrittenReply(status: problem.status.code, bodyBytes: body.count)
    }

    @inline(__always)
    private mutating func endHead(_ bytes: inout ReplyBytes, contentLength: Int, requestID: UnsafeRawBufferPointer?) {
        bytes.write("Content-Length: ")
        bytes.write(Int64(contentLength))
        bytes.write("\r\nX-Request-ID: ")
        if let requestID {
            bytes.write(requestID)
        } else {
            self.ids.withNext { bytes.write($0) }
        }
        bytes.write("\r\nDate: ")
        self.date.withCurrent { bytes.write($0) }
        bytes.write("\r\n\r\n")
    }
}

/// What was written, for the metrics.
struct WrittenReply {
    var status: Int
    var bodyBytes: Int
}
