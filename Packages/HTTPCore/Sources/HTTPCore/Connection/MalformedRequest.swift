import HTTPTypes
import NIOCore
import NIOHTTP1
import StrictJSON

/// The answer to bytes that are no HTTP; they never reach the stages, so neither metrics nor the access log know of them.
struct MalformedRequest {
    private let problem: Problem

    /// - Parameter error: What the codec reported; `nil` comes of anything that is not its complaint about a request.
    init?(_ error: any Error) {
        guard let error = error as? HTTPParserError else { return nil }
        self.problem = .malformedRequest(error)
    }

    /// Head and body of the answer; it names a request id of its own.
    func answer(allocator: ByteBufferAllocator) -> (head: HTTPResponse, body: ByteBuffer) {
        let requestID = RequestID.make()
        let body = allocator.buffer(bytes: self.problem.body(requestID: requestID).compactBytes())
        let fields: HTTPFields = [
            .contentType: Problem.mediaType,
            .contentLength: String(body.readableBytes),
            .connection: "close",
            .requestID: requestID,
        ]
        return (HTTPResponse(status: self.problem.status, headerFields: fields), body)
    }
}

extension Problem {
    /// The answer to bytes that are no HTTP; the connection ends with it.
    static func malformedRequest(_ error: HTTPParserError) -> Problem {
        var problem =
            switch error {
            case .headerOverflow:
                Problem(.badRequest, "The header section is too large", status: .requestHeaderFieldsTooLarge)
            case .invalidMethod:
                Problem(.badRequest, "The request method is unknown")
            case .invalidEOFState:
                Problem(.badRequest, "The request ended before it was complete")
            default:
                Problem(.badRequest, "The request is not valid HTTP/1.1")
            }
        problem.closesConnection = true
        return problem
    }
}
