import HTTPTypes
import Hummingbird
import Instrumentation
import Logging
import ServiceContextModule

/// Stage 1: gives the request its id and takes over the trace context of the client.
///
/// An id that the client sends in `X-Request-ID` is kept when it is made of 1 to 128 of `[A-Za-z0-9._-]` and the program accepts
/// it; otherwise a new one is made, so that nothing a client writes can break a log line or bring a credential into it.
struct RequestIDStage: RouterMiddleware {
    typealias Context = GatehouseContext

    let accepts: @Sendable (String) -> Bool

    @concurrent func handle(_ request: Request, context: Context, next: NextStage) async throws -> Response {
        var context = context
        let offered = Self.wellFormed(request.headers[.requestID])
        context.requestID = offered.flatMap { self.accepts($0) ? $0 : nil } ?? RequestID.make()
        context.logger[metadataKey: "request.id"] = .string(context.requestID)
        context.logger[metadataKey: "hb.request.id"] = nil
        var response: Response
        if request.headers[.traceParent] == nil {
            response = try await next(request, context)
        } else {
            var traceContext = ServiceContext.current ?? .topLevel
            InstrumentationSystem.instrument.extract(request.headers, into: &traceContext, using: HeaderExtractor())
            response = try await ServiceContext.withValue(traceContext) { try await next(request, context) }
        }
        response.headers[.requestID] = context.requestID
        return response
    }

    private static func wellFormed(_ id: String?) -> String? {
        guard let id, (1...128).contains(id.utf8.count), id.utf8.allSatisfy(Self.isAllowed) else { return nil }
        return id
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default:
            false
        }
    }
}
