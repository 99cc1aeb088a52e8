import LimitService
import NIOCore

/// The answer to `POST /check/batch`: `{"results":[…]}`, each result as the body of a `/check`.
enum BatchReply {
    /// Writes the body.
    static func body(of answers: [LimitAnswer]) -> ByteBuffer {
        var buffer = ByteBufferAllocator().buffer(capacity: 16 + 96 * answers.count)
        buffer.writeStaticString("{\"results\":[")
        for (index, answer) in answers.enumerated() {
            buffer.writeReply(most: CheckReply.longestBody + 1) { bytes in
                if index > 0 { bytes.write(",") }
                CheckReply.writeBody(of: answer, into: &bytes)
            }
        }
        buffer.writeStaticString("]}")
        return buffer
    }
}
