public import HTTPCore
import HTTPTypes
public import LimitService
public import NIOCore

/// Answers plain checks from the bytes of a connection (DESIGN §2, hot path).
///
/// What it takes is described at ``HotRequest`` and ``QuestionScanner``; its answers are byte for byte those of the ordinary path,
/// `Date` and new request ids aside. Hot requests count in all metrics; they leave no line in the access log.
public struct CheckFront: ConnectionFront {
    let service: LimitService
    let metrics: LimitMetrics
    let checkRoute: HTTPMetrics.Route
    let batchRoute: HTTPMetrics.Route
    let limits: Limits
    let isStopping: @Sendable () -> Bool

    /// The bounds that a client has to keep.
    public struct Limits: Sendable {
        /// How long a connection may be silent between requests.
        public var idleTimeout: Duration
        /// How long the rest of a request may be awaited here before the ordinary path takes over, which has bounds of its own.
        public var holdTimeout: Duration
        /// How many answers of one connection may be outstanding before nothing more is read from it.
        public var maximumPending: Int

        /// Creates bounds.
        public init(idleTimeout: Duration = .seconds(60), holdTimeout: Duration = .seconds(1), maximumPending: Int = 1_024) {
            self.idleTimeout = idleTimeout
            self.holdTimeout = holdTimeout
            self.maximumPending = maximumPending
        }
    }

    /// Creates the front.
    ///
    /// - Parameters:
    ///   - service: Decides.
    ///   - metrics: Counts checks.
    ///   - http: Counts requests.
    ///   - limits: The bounds that a client has to keep.
    ///   - isStopping: Whether the program is about to stop: connections then go to the ordinary path, which ends them in order.
    public init(
        service: LimitService, metrics: LimitMetrics, http: HTTPMetrics, limits: Limits = Limits(),
        isStopping: @escaping @Sendable () -> Bool = { false }
    ) {
        self.isStopping = isStopping
        self.service = service
        self.metrics = metrics
        self.checkRoute = http.route("/check", .post)
        self.batchRoute = http.route("/check/batch", .post)
        self.limits = limits
    }

    /// Makes the handler of one connection.
    public func makeHandler(
        handOver: @escaping (ChannelHandlerContext) throws -> Void
    ) -> any ChannelInboundHandler & RemovableChannelHandler {
        CheckFrontHandler(front: self, handOver: handOver)
    }
}
