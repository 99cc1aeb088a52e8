import Knowledge
import Testing

@Suite("Wilson score")
struct WilsonScoreTests {
    @Test(
        "is the lower bound for z = 1.96",
        arguments: [
            (1, 1, 0.206543), (2, 2, 0.342372), (1, 2, 0.094529), (50, 55, 0.804223), (55, 55, 0.934713), (1, 1_000, 0.000177),
        ] as [(Int64, Int64, Double)])
    func values(_ up: Int64, _ total: Int64, _ expected: Double) {
        #expect(abs(WilsonScore.lowerBound(up: up, total: total) - expected) < 0.000_001)
    }

    @Test("of 50 of 55 is about 0.82, as the contract rounds it")
    func contract() {
        #expect(abs(WilsonScore.lowerBound(up: 50, total: 55) - 0.82) < 0.02)
    }

    @Test("is 0 without up votes", arguments: [0, 1, 7, 1_000_000, Int64.max])
    func nothing(_ total: Int64) {
        #expect(WilsonScore.lowerBound(up: 0, total: total) == 0)
    }

    @Test("stays within 0 and 1, whatever the sums are")
    func bounds() {
        for up in [Int64.min, -1, 0, 1, 3, Int64.max] {
            for total in [Int64.min, -1, 0, 1, 2, Int64.max] {
                #expect((0...1).contains(WilsonScore.lowerBound(up: up, total: total)))
            }
        }
    }

    @Test("grows with the share and with the number of votes")
    func grows() {
        let shares = (0...20).map { WilsonScore.lowerBound(up: $0, total: 20) }
        #expect(shares == shares.sorted())
        let numbers = (1...20).map { WilsonScore.lowerBound(up: $0 * 3, total: $0 * 4) }
        #expect(numbers == numbers.sorted())
    }
}
