import TestKit
import Testing

@Suite("Seeded generator")
struct SeededGeneratorTests {
    /// Published with the algorithm: S. Vigna's `splitmix64.c`, seed 1234567.
    @Test("gives the published numbers of SplitMix64")
    func givesPublishedNumbers() {
        var generator = SeededGenerator(seed: 1_234_567)
        let numbers = (0..<5).map { _ in generator.next() }
        #expect(
            numbers == [
                6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423, 4_593_380_528_125_082_431,
                16_408_922_859_458_223_821,
            ])
    }

    @Test("repeats itself for one seed and differs for another")
    func repeatsItself() {
        var first = SeededGenerator(seed: 7)
        var same = SeededGenerator(seed: 7)
        var other = SeededGenerator(seed: 8)
        let numbers = (0..<100).map { _ in first.next() }
        #expect(numbers == (0..<100).map { _ in same.next() })
        #expect(numbers != (0..<100).map { _ in other.next() })
        #expect(first.seed == 7)
    }
}
