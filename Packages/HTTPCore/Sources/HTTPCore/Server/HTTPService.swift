public import HTTPTypes
public import Hummingbird
public import Identity
import NIOCore
import StrictJSON

/// Everything that answers requests: the operations behind their stages, in the order of DESIGN §2.
public struct HTTPService: Sendable {
    /// What the stages need to know.
    public struct Configuration: Sendable {
        /// The title of the API description.
        public var title = "Gatehouse"
        /// The version in the API description.
        public var version = ""
        /// The header that carries a key (setting `API_KEY_HEADER_NAME`).
        public var keyHeader: HTTPField.Name
        /// Peers whose `X-Forwarded-For` is believed (setting `TRUSTED_PROXIES`).
        public var trustedProxies: [CIDRBlock] = []
        /// Origins whose pages may read responses (setting `CORS_ORIGINS`); `*` for all.
        public var corsOrigins: [String] = []
        /// The class charged to the address for each failed authentication; `nil` leaves them free.
        public var failedAuthenticationLimit: LimitClass?
        /// Whether an id that a client sent in `X-Request-ID` may be logged and told; of another a new one takes the place.
        ///
        /// It is asked once per request that brings an id of the right form, before anything else, so it has to take a microsecond
        /// and no more. By default every id may: whoever logs says here what must not get into a log.
        public var acceptsRequestID: @Sendable (String) -> Bool = { _ in true }
        /// How long a request may take from its head to its answer.
        public var requestDeadline: Duration = .seconds(30)
        /// How long a body may stay silent.
        public var bodyTimeout: Duration = .seconds(10)

        /// Creates a configuration with the usual values.
        ///
        /// - Parameter keyHeader: The header that carries a key.
        public init(keyHeader: HTTPField.Name) {
            self.keyHeader = keyHeader
        }
    }

    /// The answers of the features that stages ask.
    public struct Parts: Sendable {
        var resolver: any CallerResolver
        var furtherCredentials: [FurtherCredential]
        var limits: any LimitEnforcer
        var metrics: HTTPMetrics
        var translate: @Sendable (any Error) -> Problem?
        var refusals: (any RefusalObserver)?
        var idempotency: (any IdempotencyKeeper)?

        /// Names the parts.
        ///
        /// - Parameters:
        ///   - resolver: Knows keys and sessions.
        ///   - furtherCredentials: Headers in which some operations take other credentials; none by default.
        ///   - limits: Knows rules and counters.
        ///   - metrics: Counts requests.
        ///   - translate: Gives errors of the features their problem; `nil` for one that is a fault of ours.
        ///   - refusals: Hears of refused calls of operations that record them; nobody if `nil`.
        ///   - idempotency: Remembers writes by their `Idempotency-Key`; the header is ignored if `nil`.
        public init(
            resolver: any CallerResolver,
            furtherCredentials: [FurtherCredential] = [],
            limits: any LimitEnforcer,
            metrics: HTTPMetrics,
            translate: @escaping @Sendable (any Error) -> Problem?,
            refusals: (any RefusalObserver)? = nil,
            idempotency: (any IdempotencyKeeper)? = nil
        ) {
            self.resolver = resolver
            self.furtherCredentials = furtherCredentials
            self.limits = limits
            self.metrics = metrics
            self.translate = translate
            self.refusals = refusals
            self.idempotency = idempotency
        }
    }

    /// Answers one request; tests use it without a socket.
    public let responder: RouterResponder<GatehouseContext>
    let configuration: Configuration
    let description: JSONBytes

    /// Puts the stages in their order around the operations and adds `/openapi.json` and `/docs`.
    ///
    /// - Parameters:
    ///   - operations: All operations of the program.
    ///   - parts: The answers of the features that stages ask.
    ///   - configuration: What the stages need to know.
    /// - Throws: ``HTTPCoreError`` with code `invalidOperation` when two operations answer the same method and path or have
    ///   the same id, when the parts of a path in braces are not exactly the declared path parameters, and when two paths
    ///   name the same part differently.
    public init(operations: [Operation], parts: Parts, configuration: Configuration) throws(HTTPCoreError) {
        let document = OpenAPIDocument(
            title: configuration.title, version: configuration.version, keyHeader: configuration.keyHeader,
            furtherCredentials: parts.furtherCredentials, limits: parts.limits,
            takesIdempotencyKeys: parts.idempotency != nil)
        let page = DocsPage(title: configuration.title, version: configuration.version, limits: parts.limits)
        let description = JSONBytes(document.json(for: operations).compactBytes())
        let operations = operations + Self.descriptions(description, html: page.html(for: operations))
        try OperationRules.check(operations)
        let methods = try MethodIndex(operations: operations)

        // The order of the stages. Everything above the operations sees every request, also those that match nothing.
        let router = Router(context: GatehouseContext.self, options: .autoGenerateHeadEndpoints)
        router.add(middleware: RequestIDStage(accepts: configuration.acceptsRequestID))
        router.add(middleware: ClientAddressStage(trustedProxies: configuration.trustedProxies))
        router.add(middleware: ObservationStage(metrics: parts.metrics, operations: operations))
        if !configuration.corsOrigins.isEmpty {
            let credentialHeaders = [configuration.keyHeader] + parts.furtherCredentials.map(\.header)
            router.add(middleware: CORSStage(origins: configuration.corsOrigins, credentialHeaders: credentialHeaders))
        }
        router.add(
            middleware: ProblemStage(
                translate: parts.translate,
                methods: methods,
                deadline: configuration.requestDeadline
            ))
        for operation in operations {
            let group = router.group()
            if operation.recordsRefusals, let observer = parts.refusals {
                group.add(middleware: RefusalStage(operation: operation, observer: observer, translate: parts.translate))
            }
            let idempotency = parts.idempotency.flatMap { keeper in
                operation.acceptsIdempotencyKey
                    ? IdempotentHandling(
                        keeper: keeper, deadline: operation.deadline ?? configuration.requestDeadline, translate: parts.translate)
                    : nil
            }
            group.add(middleware: BodyLimitStage(maximumBytes: operation.maximumBodyBytes))
            if let member = operation.credentialMember {
                group.add(middleware: BodyCredentialStage(operation: operation, member: member))
            }
            group
                .add(
                    middleware: CallerStage(
                        access: operation.access,
                        keyHeader: configuration.keyHeader,
                        resolver: parts.resolver,
                        limits: parts.limits,
                        failureLimit: configuration.failedAuthenticationLimit,
                        furtherCredentials: parts.furtherCredentials.filter { $0.serves(operation) }
                    )
                )
                .add(middleware: LimitStage(classes: operation.limits, limits: parts.limits))
                .on(
                    operation.routerPath, method: operation.method,
                    responder: OperationResponder(operation: operation, idempotency: idempotency))
        }
        self.responder = router.buildResponder()
        self.configuration = configuration
        self.description = description
    }

    /// The API description as `/openapi.json` serves it.
    public var openAPIDocument: [UInt8] { self.description.bytes }

    private static func descriptions(_ description: JSONBytes, html: String) -> [Operation] {
        let page = Array(html.utf8)
        return [
            Operation(
                .get, "/openapi.json", id: "openapi", summary: "This description", tag: "meta", access: .anyone,
                isDescribed: false
            ) { _ in OperationResponse(contentType: "application/json", body: description.bytes) },
            Operation(
                .get, "/docs", id: "docs", summary: "The description as a page", tag: "meta", access: .anyone, isDescribed: false
            ) { _ in OperationResponse(contentType: "text/html; charset=utf-8", body: page) },
        ]
    }
}

/// The text of a JSON document.
struct JSONBytes: Sendable {
    let bytes: [UInt8]

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }
}
