public import Logging
public import ServiceLifecycle
import Synchronization

/// Holds the policy in force, and takes up changes of its files while the server runs.
///
/// A changed policy is read and checked as a whole before it is in force. One with faults is not taken: the last good revision
/// stays, and the log and ``state`` say so until the files are right again.
///
/// ```swift
/// let store = try PolicyStore(PolicyFolder(path: "policies"), environment: "prod", logger: logger)
/// let decision = store.engine.decide(call)        // one engine for one request
/// // run() stands in the service group and looks at the files every two seconds
/// ```
public final class PolicyStore: Service {
    /// How the store fares, for health checks.
    public struct State: Sendable {
        /// The revision in force.
        public let revision: PolicyRevision
        /// Why the files as they are now are not in force; nil when they are.
        public let failure: PolicyError?
        /// How often a changed policy came into force.
        public let reloads: Int
        /// How often a changed policy was refused.
        public let refusals: Int
    }

    private struct Contents {
        var engine: PolicyEngine
        var failure: PolicyError?
        var reloads = 0
        var refusals = 0
        /// The failure that was told last, so that it is told once.
        var toldFailure: String?
        /// The files behind the last attempt.
        var reading: PolicyReading
    }

    private let source: any PolicySource
    private let environment: String
    private let interval: Duration
    private let logger: Logger
    private let contents: Mutex<Contents>

    /// Loads the policy of an environment.
    ///
    /// - Parameters:
    ///   - source: Where the files come from.
    ///   - environment: The environment of the server.
    ///   - interval: How long `run()` waits between two looks at the files; default 2 seconds.
    ///   - logger: Where changes and faults are told.
    /// - Throws: ``PolicyError`` when the policy cannot be loaded; a server does not start without one.
    public init(
        _ source: any PolicySource, environment: String, interval: Duration = .seconds(2), logger: Logger
    ) throws(PolicyError) {
        self.source = source
        self.environment = environment
        self.interval = interval
        self.logger = logger
        let reading = PolicyReading(source)
        let engine = PolicyEngine(try PolicyLoader(reading).load(forEnvironment: environment))
        self.contents = Mutex(Contents(engine: engine, reading: reading))
    }

    /// The engine in force; whoever judges one request keeps the one that it began with.
    public var engine: PolicyEngine { self.contents.withLock { $0.engine } }

    /// How the store fares.
    public var state: State {
        self.contents.withLock {
            State(revision: $0.engine.definition.revision, failure: $0.failure, reloads: $0.reloads, refusals: $0.refusals)
        }
    }

    /// Looks at the files once, and takes them up if they changed and are right.
    ///
    /// - Returns: Whether another revision came into force.
    @discardableResult
    public func reload() -> Bool {
        guard !self.contents.withLock({ $0.reading }).isCurrent else { return false }
        let reading = PolicyReading(self.source)
        let result = Result { () throws(PolicyError) in
            try PolicyLoader(reading).load(forEnvironment: self.environment)
        }
        return self.contents.withLock { contents in
            contents.reading = reading
            return self.take(result, &contents)
        }
    }

    /// - Returns: Whether another revision came into force.
    private func take(_ result: Result<PolicyDefinition, PolicyError>, _ contents: inout Contents) -> Bool {
        switch result {
        case .failure(let error):
            contents.failure = error
            guard contents.toldFailure != error.description else { return false }
            contents.toldFailure = error.description
            contents.refusals += 1
            self.logger.error(
                "policy not taken up, the last good revision stays in force",
                metadata: [
                    "policy.revision": "\(contents.engine.definition.revision)", "policy.problems": "\(error)",
                ])
            return false
        case .success(let definition):
            let wasBroken = contents.failure != nil
            contents.failure = nil
            contents.toldFailure = nil
            guard definition.revision != contents.engine.definition.revision else {
                if wasBroken {
                    self.logger.notice("policy files are right again", metadata: ["policy.revision": "\(definition.revision)"])
                }
                return false
            }
            contents.engine = PolicyEngine(definition)
            contents.reloads += 1
            self.logger.notice(
                "policy taken up",
                metadata: [
                    "policy.revision": "\(definition.revision)", "policy.files": "\(definition.files.joined(separator: ", "))",
                ])
            return true
        }
    }

    /// Looks at the files again and again until the service group shuts down or the task is cancelled; a change is taken up once the
    /// files have rested for a moment.
    public func run() async throws {
        do {
            try await cancelWhenGracefulShutdown { try await self.watch() }
        } catch is CancellationError {
            // The group shuts down.
        }
    }

    private func watch() async throws {
        while true {
            try await Task.sleep(for: self.interval)
            if try await self.isSettled() { self.reload() }
        }
    }

    /// Whether the files have changed and then rested: one that is being written may be cut short and still read as a policy.
    private func isSettled() async throws -> Bool {
        guard !self.contents.withLock({ $0.reading }).isCurrent else { return false }
        let sight = PolicyReading(self.source)
        // What is wrong with them is told when they are loaded.
        _ = try? PolicyLoader(sight).load(forEnvironment: self.environment)
        try await Task.sleep(for: min(self.interval, Self.rest))
        return sight.isCurrent || sight.hasFailed
    }

    /// So long files must be the same before they are taken up.
    private static let rest = Duration.milliseconds(250)
}
