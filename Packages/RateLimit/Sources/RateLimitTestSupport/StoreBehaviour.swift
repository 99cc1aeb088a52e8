public import RateLimit

/// The conformance suite of ``RateLimitStore``: each case is one behaviour that every store must show.
///
/// ```swift
/// @Test("behaves as a store", arguments: StoreBehaviour.allCases)
/// func conforms(_ behaviour: StoreBehaviour) async throws {
///     try await behaviour.check(StoreUnderTest(store: store, scope: "unique") { clock.advance(by: $0) })
/// }
/// ```
public enum StoreBehaviour: String, CaseIterable, Sendable {
    case admitsExactlyTheLimit, countsCostsAndPeeks, refusesWhatCanNeverPass, keepsKeysApart, keepsRulesApart, decidesAllOrNothing
    case addsUpChecksOfOneCounter, watchesShadowRules, namesTheLongestDenier, admitsExactlyTheLimitConcurrently
    case consumesWhatItGrantsConcurrently, resetsCounters, settlesOnce, settlesBeyondTheLimit, followsALoweredLimit
    case admitsNothingUnderZero, admitsAgainExactlyAfterRetry, forgetsAfterReset
    case sharesWindowsWithoutWiping, sharesWindowsCountingWithinEach, sharesWindowsWithLongerOnes
    case sharesWindowsInOneDecision, sharesBucketsOfAnyRate

    /// The algorithms that the behaviour is about.
    var algorithms: [RateLimitAlgorithm] {
        switch self {
        case .sharesWindowsWithoutWiping, .sharesWindowsCountingWithinEach, .sharesWindowsWithLongerOnes,
            .sharesWindowsInOneDecision:
            [.slidingLog]
        case .sharesBucketsOfAnyRate: [.tokenBucket]
        default: RateLimitAlgorithm.allCases
        }
    }

    /// Whether the behaviour moves the clock far; a store on a clock that cannot be moved skips these. Some others move it by up to two
    /// seconds, which a store on a real clock just waits.
    public var movesTime: Bool {
        switch self {
        case .admitsAgainExactlyAfterRetry, .forgetsAfterReset: true
        default: false
        }
    }

    /// Checks the behaviour under each algorithm.
    ///
    /// - Throws: ``ConformanceFailure`` where the store behaves otherwise, or the error that the store threw.
    public func check(_ subject: StoreUnderTest) async throws {
        for algorithm in subject.algorithms where self.algorithms.contains(algorithm) {
            try await StoreProbe(subject: subject, behaviour: self, algorithm: algorithm).run()
        }
    }
}

/// A store that is to be checked, and how to treat it.
public struct StoreUnderTest: Sendable {
    /// The store.
    public let store: any RateLimitStore
    /// The algorithms that the store knows.
    public let algorithms: [RateLimitAlgorithm]
    let scope: String
    let advance: @Sendable (Duration) async throws -> Void

    /// Creates a subject.
    ///
    /// - Parameters:
    ///   - store: The store.
    ///   - scope: A text that is unique to this run; it begins all keys, so that runs on shared data do not meet.
    ///   - algorithms: The algorithms that the store knows, all by default.
    ///   - advance: Moves the clock of the store.
    public init(
        store: any RateLimitStore, scope: String, algorithms: [RateLimitAlgorithm] = RateLimitAlgorithm.allCases,
        advance: @escaping @Sendable (Duration) async throws -> Void
    ) {
        self.store = store
        self.scope = scope
        self.algorithms = algorithms
        self.advance = advance
    }
}

/// What a store did otherwise than it should.
public struct ConformanceFailure: Error, CustomStringConvertible {
    /// Which behaviour under which algorithm, and what was seen.
    public let description: String
}
