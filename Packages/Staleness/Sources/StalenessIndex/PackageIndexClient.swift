import HTTPTypes
public import Logging
public import Outbound
public import Staleness
import StrictJSON
import Synchronization

/// Asks an index of Python packages, and remembers its answers for a while.
///
/// Several callers who want one package share one question. What is remembered longer than
/// ``PackageIndexConfiguration/cacheAge`` is confirmed by its ETag. Redirections are never followed, and everything is bounded:
/// the time, the answer, the memory. An answer of the past never stands in for one that fails.
public final class PackageIndexClient: PackageIndex {
    private struct State {
        var cache: AnswerCache
        var flights: [PythonPackageName: Flight] = [:]
    }

    private enum Place {
        case known(IndexAnswer)
        case leading(Flight, AnswerCache.Entry?)
        case following(Flight)
    }

    private let configuration: PackageIndexConfiguration
    private let client: OutboundClient
    private let metrics: PackageIndexMetrics?
    private let logger: Logger
    private let now: @Sendable () -> Duration
    private let state: Mutex<State>

    /// Creates a client; connects to nothing.
    ///
    /// - Parameters:
    ///   - configuration: Where it asks.
    ///   - client: Sends the questions; made with ``PackageIndexConfiguration/addressPolicy`` and
    ///     ``PackageIndexConfiguration/outboundConfiguration``, and closed by whoever made it.
    ///   - metrics: Counts questions; nil counts nothing.
    ///   - logger: Gets why questions failed, at `debug`.
    /// - Throws: ``PackageIndexError``, naming the property and its range.
    public convenience init(
        _ configuration: PackageIndexConfiguration, client: OutboundClient, metrics: PackageIndexMetrics? = nil, logger: Logger
    ) throws(PackageIndexError) {
        let start = ContinuousClock.now
        try self.init(configuration, client: client, metrics: metrics, logger: logger) { start.duration(to: .now) }
    }

    package init(
        _ configuration: PackageIndexConfiguration, client: OutboundClient, metrics: PackageIndexMetrics? = nil, logger: Logger,
        now: @escaping @Sendable () -> Duration
    ) throws(PackageIndexError) {
        try configuration.validate()
        self.configuration = configuration
        self.client = client
        self.metrics = metrics
        self.logger = logger
        self.now = now
        let cache = AnswerCache(packageLimit: configuration.packageLimit, versionLimit: configuration.versionLimit)
        self.state = Mutex(State(cache: cache))
    }

    /// What there is of a package, from memory or by asking.
    public func releases(of name: PythonPackageName) async -> IndexAnswer {
        while !Task.isCancelled {
            switch self.place(for: name) {
            case .known(let answer):
                return answer
            case .leading(let flight, let known):
                let (answer, tag) = await self.ask(name, known)
                self.land(flight, name, answer, tag)
                return answer
            case .following(let flight):
                if let answer = await flight.wait() { return answer }
            }
        }
        return .failed(.cancelled)
    }

    /// How many callers wait for a question of somebody else.
    package func followerCount(of name: PythonPackageName) -> Int {
        self.state.withLock { $0.flights[name] }?.waiterCount ?? 0
    }

    /// How much is remembered.
    package var remembered: (packages: Int, versions: Int) {
        self.state.withLock { ($0.cache.count, $0.cache.versionCount) }
    }

    private func place(for name: PythonPackageName) -> Place {
        let now = self.now()
        return self.state.withLock { state in
            let known = state.cache.entry(of: name)
            if let known {
                let age = if case .failed = known.answer { self.configuration.failureAge } else { self.configuration.cacheAge }
                if now - known.confirmedAt < age { return .known(known.answer) }
            }
            if let flight = state.flights[name] { return .following(flight) }
            let flight = Flight()
            state.flights[name] = flight
            return .leading(flight, known)
        }
    }

    private func land(_ flight: Flight, _ name: PythonPackageName, _ answer: IndexAnswer, _ tag: String?) {
        var isAbandoned = false
        if case .failed(let failure) = answer, failure.code == .cancelled { isAbandoned = true }
        let now = self.now()
        self.state.withLock { state in
            state.flights[name] = nil
            // What was known before a failure is forgotten: it must not be taken for an answer later.
            if !isAbandoned { state.cache.keep(AnswerCache.Entry(answer, tag: tag, confirmedAt: now), of: name) }
        }
        flight.end(isAbandoned ? nil : answer)
    }

    private func ask(_ name: PythonPackageName, _ known: AnswerCache.Entry?) async -> (IndexAnswer, String?) {
        do throws(IndexFailure) {
            let response = try await self.send(name, tag: known?.tag)
            if response.status == 304, let known, known.tag != nil {
                self.metrics?.count(known.answer, isUnchanged: true)
                return (known.answer, known.tag)
            }
            let answer = try IndexReader(api: self.configuration.api, name: name).answer(response)
            self.metrics?.count(answer, isUnchanged: false)
            return (answer, Self.tag(response))
        } catch {
            self.metrics?.count(.failed(error), isUnchanged: false)
            self.logger.debug(
                "the package index gave no answer",
                metadata: [
                    "index.package": "\(name)", "index.code": "\(error.code.rawValue)", "index.reason": "\(error.message)",
                ])
            return (.failed(error), nil)
        }
    }

    private func send(_ name: PythonPackageName, tag: String?) async throws(IndexFailure) -> OutboundResponse {
        do throws(OutboundError) {
            var request = OutboundRequest(.get, try self.url(of: name), headers: [.accept: self.configuration.api.accepted])
            request.timeout = self.configuration.timeout
            request.responseBodyLimit = self.configuration.bodyLimit
            if let tag { request.headers[.ifNoneMatch] = tag }
            return try await self.client.send(request)
        } catch {
            throw IndexFailure(error)
        }
    }

    /// A name holds letters, digits and hyphens only, so it stands in a path as it is.
    private func url(of name: PythonPackageName) throws(OutboundError) -> OutboundURL {
        let base = self.configuration.baseURL
        var path = base.target[...]
        while path.utf8.last == UInt8(ascii: "/") { path = path.dropLast() }
        switch self.configuration.api {
        case .simple: return try OutboundURL(parsing: "\(base.origin)\(path)/\(name)/")
        case .json: return try OutboundURL(parsing: "\(base.origin)\(path)/pypi/\(name)/json")
        }
    }

    private static func tag(_ response: OutboundResponse) -> String? {
        guard let tag = response.headers[.eTag], (1...256).contains(tag.utf8.count) else { return nil }
        return tag.utf8.allSatisfy { (0x21...0x7E).contains($0) } ? tag : nil
    }
}

extension PackageIndexConfiguration.API {
    fileprivate var accepted: String {
        switch self {
        case .simple: "application/vnd.pypi.simple.v1+json"
        case .json: "application/json"
        }
    }
}

extension IndexFailure {
    static let cancelled = IndexFailure(.cancelled, "the question was given up")

    init(_ error: OutboundError) {
        switch error.code {
        case .timedOut: self.init(.timedOut, "the index did not answer in time")
        case .redirected: self.init(.redirected, "the index answered with a redirection (\(error.status ?? 300))")
        case .tooLarge: self.init(.tooLarge, "the answer of the index is larger than allowed")
        case .protocolViolation: self.init(.malformed, "the answer of the index is no HTTP")
        case .cancelled, .closed: self = .cancelled
        case .overloaded: self.init(.timedOut, "too many questions wait for the index")
        case .refusedAddress, .refusedPort, .refusedScheme:
            self.init(.unreachable, "the address of the index is one where nothing may go")
        case .connectionLost: self.init(.unreachable, "the index broke off its answer")
        default: self.init(.unreachable, "the index cannot be reached")
        }
    }
}
