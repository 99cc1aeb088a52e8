/// Bounds and times of approvals; the defaults suit most gateways.
public struct ApprovalConfiguration: Sendable {
    /// How long a request lives when its draft does not say, from one second on; an hour (`APPROVAL_TOKEN_TTL_SECONDS`).
    public var lifetime: Duration = .seconds(3_600)
    /// The longest life that a draft may ask for; 30 days.
    public var longestLifetime: Duration = .seconds(30 * 86_400)
    /// How many requests for one and the same call may be open; 5.
    public var maximumOpenPerBinding = 5
    /// How many requests of one caller may be open; 1 000.
    public var maximumOpenPerCaller = 1_000
    /// The most values that arguments, or an output, may have; 20 000.
    public var maximumPaths = 20_000
    /// The most bytes that arguments, or an output, may have, each value counted with its path; 4 MiB.
    public var maximumViewBytes = 4 << 20
    /// How long a request is kept after the time at which it expired or would have; 90 days, and zero keeps all.
    public var retention: Duration = .seconds(90 * 86_400)
    /// The pause between two looks for what has expired; 5 seconds.
    public var upkeepPause: Duration = .seconds(5)
    /// The most requests that one step of the upkeep changes; 100.
    public var upkeepBatch = 100
    /// What stands before a handle in the links of notices, such as `https://gate.example/v1/approvals/`; no links when nil.
    public var linkPrefix: String?

    /// Creates the usual configuration.
    public init() {}
}
