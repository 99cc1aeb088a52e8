import HTTPTypes
public import Hummingbird
public import Identity
import NIOCore
import NIOHTTPTypes

/// What is known of a request while it travels through the stages.
public struct GatehouseContext: RequestContext {
    /// What Hummingbird itself needs.
    public var coreContext: CoreRequestContextStorage
    /// The id that the response names in `X-Request-ID`.
    public internal(set) var requestID = ""
    /// The address of the socket's other end.
    public let peerAddress: IPAddress?
    /// The client, behind trusted proxies.
    public internal(set) var client: ClientAddress?
    /// Who calls.
    public internal(set) var caller = Caller.anonymous
    /// Where the caller is noted for a stage outside of the one that finds it; only where refusals are recorded.
    var callerNote: CallerNote?
    /// When the request has to be answered; `nil` where nobody watches, as without a socket.
    var deadline: RequestDeadline?
    /// The body, where it was read before the caller was known.
    var body: BodyText?
    /// What the body names as the caller's credential.
    var bodyCredential = BodyCredential.absent
    /// Whom the body names as the caller, which proves nothing.
    var callerHint: CallerID?
    /// The address of the client, behind trusted proxies.
    public var clientAddress: IPAddress? { self.client?.address }
    private let channel: any Channel

    /// Creates the context of one request.
    public init(source: ApplicationRequestContextSource) {
        self.init(source: source, peerAddress: source.channel.remoteAddress.flatMap { IPAddress($0) })
    }

    package init(source: ApplicationRequestContextSource, peerAddress: IPAddress?) {
        self.coreContext = .init(source: source)
        self.channel = source.channel
        self.peerAddress = peerAddress
    }

    /// Lets a client send the body that it holds back until it is asked (RFC 9110 §10.1.1).
    ///
    /// Asked only after caller and limits are settled, so that a refused body never travels; before, where the credential stands in it.
    func inviteBody(of request: Request) async throws {
        guard request.head.asksForInvitation else { return }
        try await self.channel.writeAndFlush(HTTPResponsePart.head(HTTPResponse(status: .continue)))
    }
}
