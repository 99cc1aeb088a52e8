import Cryptography
import DatabaseTestSupport
import Identity
import TestKit
import Testing

@testable import Auth

@Suite("Time of what is refused", .serialized)
struct TimingTests {
    private enum Kind: CaseIterable {
        /// Two of one kind, whose difference is what chance makes of it.
        case unknown, unknownAgain, wrong, revoked
    }

    /// A key with the public id of another and a secret of its own.
    private static func wrong(_ key: APIKey) throws -> APIKey {
        let fresh = try APIKey()
        let body = "gth_\(key.publicID.text)" + String(fresh.text.dropFirst(4 + key.publicID.text.utf8.count).dropLast(6))
        return try #require(APIKey(body + APIKey.checksum(of: body.utf8)))
    }

    @Test(
        "is that of unknown keys for wrong and revoked ones, beyond what chance makes of two samples of one kind",
        .enabled(if: TestRun.isLong), arguments: TestStore.allCases)
    func kinds(_ store: TestStore) async throws {
        try await AuthFixture.with(store) { fixture in
            let authority = fixture.authority()
            // As many of each kind, made before and presented as often, so that nothing differs but what the store knows of them.
            var keys: [Kind: [APIKey]] = [:]
            for number in 0..<200 {
                for kind in [Kind.wrong, .revoked] {
                    let made = try await fixture.store.createGatewayCaller(
                        id: CallerID(unchecked: "\(kind)-\(number)"), role: .developer, trustLevel: .medium,
                        environment: .development)
                    if kind == .revoked { try await fixture.store.revoke(made.key.publicID) }
                    keys[kind, default: []].append(kind == .wrong ? try Self.wrong(made.key) : made.key)
                }
                for kind in [Kind.unknown, .unknownAgain] { keys[kind, default: []].append(try APIKey()) }
            }
            var generator = SeededGenerator(seed: TestRun.seed)
            var times: [Kind: [Double]] = [:]
            let clock = ContinuousClock()
            for round in 0..<6_000 {
                for kind in Kind.allCases.shuffled(using: &generator) {
                    let key = try #require(keys[kind]?[round % 200])
                    let start = clock.now
                    let caller = try await authority.caller(presenting: key.text)
                    let elapsed = start.duration(to: clock.now)
                    #expect(caller == nil)
                    if round >= 200 { times[kind, default: []].append(elapsed / .microseconds(1)) }
                }
            }
            let control = abs(Self.median(times[.unknown]) - Self.median(times[.unknownAgain]))
            // What chance alone does to the difference of two medians, from halves of one sample drawn anew.
            var gaps: [Double] = []
            let pool = (times[.unknown] ?? []) + (times[.unknownAgain] ?? [])
            for _ in 0..<100 {
                let drawn = pool.shuffled(using: &generator)
                gaps.append(
                    abs(Self.median(Array(drawn.prefix(pool.count / 2))) - Self.median(Array(drawn.suffix(pool.count / 2)))))
            }
            gaps.sort()
            // Half a percent, which is less than a microsecond, is what the places of rows in memory make of it from run to run.
            let bound = max(control, gaps[gaps.count * 99 / 100], Self.median(pool) * 0.005)
            for kind in [Kind.wrong, .revoked] {
                let gap = abs(Self.median(times[kind]) - Self.median(times[.unknown]))
                print("\(store) \(kind): \(gap) µs apart; control \(control), bound \(bound), median \(Self.median(pool))")
                #expect(gap <= bound, "\(kind)")
            }
        }
    }

    private static func median(_ values: [Double]?) -> Double {
        let sorted = (values ?? []).sorted()
        return sorted.isEmpty ? 0 : sorted[sorted.count / 2]
    }
}
