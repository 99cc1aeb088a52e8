import HTTPCore
import HTTPCoreTestSupport
import HTTPTypes
import Identity
import PrometheusMetrics
import StrictJSON

/// A service with a handful of operations, and everything that its stages ask.
struct Fixture {
    static let key = "good" + "-credential"
    static let moderatorKey = "moderator" + "-credential"
    static let keyHeader = HTTPField.Name.known("X-API-Key")

    let registry = PrometheusRegistry()
    let limits: CountingLimits
    let service: HTTPService

    init(
        _ operations: [Operation] = Fixture.operations,
        budget: [String: Int] = [:],
        resolver: (any CallerResolver)? = nil,
        furtherCredentials: [FurtherCredential] = [],
        translate: @escaping @Sendable (any Error) -> Problem? = { _ in nil },
        refusals: (any RefusalObserver)? = nil,
        observer: (@Sendable (HTTPMetrics.Observation) -> Void)? = nil,
        configure: (inout HTTPService.Configuration) -> Void = { _ in }
    ) throws {
        self.limits = CountingLimits(budget)
        var configuration = HTTPService.Configuration(keyHeader: Self.keyHeader)
        configuration.failedAuthenticationLimit = LimitClass("failed-authentication", by: .address)
        configure(&configuration)
        let callers = FixedCallers([
            Self.key: Caller(id: CallerID(unchecked: "ada"), kind: .user),
            Self.moderatorKey: Caller(id: CallerID(unchecked: "grace"), kind: .user, role: Role(unchecked: "moderator")),
        ])
        let parts = HTTPService.Parts(
            resolver: resolver ?? callers, furtherCredentials: furtherCredentials, limits: self.limits,
            metrics: try HTTPMetrics(registry: self.registry, observer: observer), translate: translate, refusals: refusals)
        self.service = try HTTPService(
            operations: operations + MetricsOperations.operations(showing: self.registry), parts: parts,
            configuration: configuration)
    }

    static let operations: [Operation] = [
        Operation(
            .post, "/notes", id: "createNote", summary: "Create a note", tag: "notes", access: .role(["moderator"]),
            limits: [LimitClass("write")],
            body: .json(.object([.required("title", .string(minimum: 1, maximum: 10)), .optional("count", .integer(1...5))])),
            maximumBodyBytes: 1_000,
            answers: [.json(.created, "Created", .map())]
        ) { .json(.created, $0.body) },
        Operation(
            .get, "/notes/{id}", id: "readNote", summary: "Read a note", tag: "notes", access: .caller,
            limits: [LimitClass("read")],
            parameters: [.path("id", .string(format: .uuid)), .query("verbose", .boolean, default: false)]
        ) { .json(.ok, $0.parameters) },
        Operation(
            .post, "/echo", id: "echo", summary: "Echo", tag: "notes", access: .anyone, body: .json(.map()),
            maximumBodyBytes: 100_000
        ) { .json(.ok, $0.body) },
        Operation(.get, "/hello", id: "hello", summary: "Say hello", tag: "notes", access: .anyone) { request in
            .json(.ok, ["address": .string(orNull: request.clientAddress?.description), "id": .string(request.id)])
        },
        Operation(
            .get, "/greeting", id: "greet", summary: "Greet whoever calls", tag: "notes", access: .anyoneIdentified,
            limits: [LimitClass("read")]
        ) { .json(.ok, ["caller": .string($0.caller.id.text)]) },
        Operation(
            .post, "/local", id: "local", summary: "Work for whoever is here", tag: "notes", access: .callerOrLocal,
            limits: [LimitClass("write")]
        ) { .json(.ok, ["caller": .string($0.caller.id.text)]) },
        Operation(.get, "/fault", id: "fault", summary: "Fail", tag: "notes", access: .caller, limits: [LimitClass("read")]) {
            _ in
            throw Fault(secret: "password=hunter2")
        },
        Operation(.get, "/never", id: "never", summary: "Wait", tag: "notes", access: .anyone) { _ in
            try await Task.sleep(for: .seconds(3_600))
            return .empty()
        },
    ]
}

/// An error that no problem stands for, with text that must not be shown.
struct Fault: Error {
    let secret: String
}

extension HTTPField.Name {
    static func known(_ name: String) -> HTTPField.Name {
        guard let name = HTTPField.Name(name) else { preconditionFailure("\(name) is a valid field name") }
        return name
    }

    static let forwardedFor = known("X-Forwarded-For")
}

extension HTTPRequest.Method {
    static func known(_ name: String) -> HTTPRequest.Method {
        guard let method = HTTPRequest.Method(name) else { preconditionFailure("\(name) is a valid method") }
        return method
    }
}

extension HTTPFields {
    /// The credential of an ordinary caller.
    static let key: HTTPFields = [Fixture.keyHeader: Fixture.key]
    /// The credential of a moderator.
    static let moderator: HTTPFields = [Fixture.keyHeader: Fixture.moderatorKey]
}

extension ServiceAnswer {
    /// A text member of the body.
    func text(_ name: String) throws -> String? { try self.json[name]?.stringValue }

    /// The kinds of all violations, each with its place: `body.title missing`.
    var violations: [String] {
        get throws {
            try (self.json["errors"]?.arrayValue ?? []).map { error in
                let place = (error["loc"]?.arrayValue ?? []).map { $0.stringValue ?? $0.description }.joined(separator: ".")
                return "\(place) \(error["type"]?.stringValue ?? "?")"
            }
        }
    }
}
