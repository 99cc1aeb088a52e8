import HTTPTypes
import Hummingbird
import Identity

/// Stage 2: finds the client's address: the peer, or the right-most untrusted hop when the peer is a trusted proxy.
///
/// It stands before the access log, which names the client and not the proxy.
struct ClientAddressStage: RouterMiddleware {
    typealias Context = GatehouseContext

    let trustedProxies: [CIDRBlock]

    @concurrent func handle(_ request: Request, context: Context, next: NextStage) async throws -> Response {
        guard let peer = context.peerAddress else { return try await next(request, context) }
        var context = context
        context.client = ClientAddress.resolve(
            peer: peer,
            forwardedFor: request.headers[values: .forwardedFor],
            trustedProxies: self.trustedProxies
        )
        return try await next(request, context)
    }
}
