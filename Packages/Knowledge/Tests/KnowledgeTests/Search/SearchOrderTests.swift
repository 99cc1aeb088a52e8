#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif
import Persistence
import Testing

@testable import Knowledge

@Suite("Search order")
struct SearchOrderTests {
    private static func candidate(_ number: Int64, score: Double, trust: Double = 0, at seconds: Int64 = 0) throws
        -> SearchCandidate
    {
        let time = try #require(Timestamp(microseconds: 1_700_000_000_000_000 + seconds * 1_000_000))
        return SearchCandidate(number: number, id: UUID(), trust: trust, createdAt: time, score: score)
    }

    @Test("weighs similarity by trust, as CONTRACTS §4.5 has it")
    func formula() throws {
        let window = SearchWindow(
            candidates: [
                try Self.candidate(3, score: 4), try Self.candidate(2, score: 2, trust: 3),
                try Self.candidate(1, score: 4, trust: -9),
            ], isCut: false)
        let ranked = window.ranked(share: 1)
        #expect(ranked.map(\.candidate.number).first == 2)
        #expect(ranked.map(\.similarity) == [0.5, 1, 1])
        #expect(abs(ranked[0].combined - 0.5 * log(5.0)) < 1e-12)
        #expect(abs(ranked[1].combined - log(2.0)) < 1e-12)
        #expect(ranked[1].combined == ranked[2].combined)
        #expect(window.ranked(share: 0.5)[0].similarity == 0.25)
    }

    @Test("puts the newer before the older among equals, and takes scores of nothing")
    func ties() throws {
        let window = SearchWindow(
            candidates: [try Self.candidate(2, score: 0, at: 1), try Self.candidate(1, score: 0, at: 2)], isCut: false)
        #expect(window.ranked(share: 1).map(\.candidate.number) == [1, 2])
        #expect(window.ranked(share: 1).map(\.similarity) == [1, 1])
        #expect(SearchWindow(candidates: [], isCut: false).ranked(share: 1).isEmpty)
    }
}
