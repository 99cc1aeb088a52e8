/// How much a ``KeyAuthority`` remembers, and how often it looks for changes.
public struct KeyAuthorityConfiguration: Sendable {
    /// Most keys that are remembered, 1 or more; about 300 bytes each.
    public var cacheCapacity = 100_000
    /// Pause between two looks for changes; with it, a revocation reaches this process within a second.
    public var pollPause: Duration = .milliseconds(250)
    /// Pause between two writings of the last uses of keys.
    public var usePause: Duration = .seconds(30)

    /// Creates a configuration with the usual values.
    public init() {}
}
