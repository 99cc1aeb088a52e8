#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// How thorough this run of the tests is, and with which seed.
public enum TestRun {
    /// Whether the full counts are asked for: `LONG=1` in the environment.
    public static let isLong = ProcessInfo.processInfo.environment["LONG"] == "1"

    /// The seed for random tests: `SEED` from the environment, else a fixed one, so that a failing run can be repeated.
    public static let seed: UInt64 = ProcessInfo.processInfo.environment["SEED"].flatMap { UInt64($0) } ?? 20_261_120

    /// Picks a count by thoroughness.
    ///
    /// - Parameters:
    ///   - usual: The count for the ordinary run.
    ///   - long: The count with `LONG=1`.
    public static func count(_ usual: Int, long: Int) -> Int {
        self.isLong ? long : usual
    }
}
