import RateLimit
import Testing

@testable import RateLimitRedis

@Suite("Window code")
struct WindowCodeTests {
    private static let edges: [Int64] = [
        1, 524_287, 524_288, 524_287_000, 524_287_001, 31_457_220_000, 31_457_220_001, Quota.maximumWindowMilliseconds,
    ]

    @Test(
        "is exact for milliseconds up to 8.7 minutes, seconds, minutes and hours",
        arguments: [
            (1, 1), (524_287, 524_287), (524_288, 525_000), (600_001, 601_000), (86_400_000, 86_400_000),
            (7 * 86_400_000, 7 * 86_400_000), (365 * 86_400_000, 365 * 86_400_000),
            (Quota.maximumWindowMilliseconds, Quota.maximumWindowMilliseconds),
        ] as [(Int64, Int64)])
    func exactness(_ window: (asked: Int64, told: Int64)) {
        let code = WindowCode(milliseconds: window.asked)
        #expect(code.milliseconds == window.told)
        #expect((1..<(1 << 21)).contains(code.rawValue))
    }

    @Test("grows with the window and never falls short of it")
    func order() {
        let windows = Self.edges.flatMap { edge in (-3...3).map { edge + $0 } }.filter { $0 > 0 }.sorted()
        for (shorter, longer) in zip(windows, windows.dropFirst()) {
            let (low, high) = (WindowCode(milliseconds: shorter), WindowCode(milliseconds: longer))
            #expect(low.rawValue <= high.rawValue && low.milliseconds <= high.milliseconds)
            #expect(low.milliseconds >= shorter)
        }
    }
}
