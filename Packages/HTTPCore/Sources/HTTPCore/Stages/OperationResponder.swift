import Hummingbird
import NIOCore
import StrictJSON

/// Stages 8 and 9: reads and checks the request, then lets the operation answer it.
struct OperationResponder: HTTPResponder {
    typealias Context = GatehouseContext

    let operation: Operation
    /// Only where the operation takes keys and the program has a keeper.
    var idempotency: IdempotentHandling?

    func respond(to request: Request, context: Context) async throws -> Response {
        if let limit = self.operation.deadline { context.deadline?.set(limit) }
        let input = try await RequestReader.read(request, context: context, for: self.operation)
        let output =
            if let idempotency = self.idempotency {
                try await idempotency.answer(input, of: self.operation)
            } else {
                try await self.operation.handler(input)
            }
        return Response(status: output.status, headers: output.headers, body: Self.body(of: output))
    }

    private static func body(of output: OperationResponse) -> ResponseBody {
        guard let stream = output.stream else {
            return output.body.isEmpty ? ResponseBody() : ResponseBody(byteBuffer: ByteBuffer(bytes: output.body))
        }
        return ResponseBody { writer in
            // Only the stream's own task uses it, one piece after the other: what sends a piece cannot outlive the stream.
            nonisolated(unsafe) var sink = writer
            try await stream { piece in try await sink.write(ByteBuffer(bytes: piece)) }
            try await sink.finish(nil)
        }
    }
}
