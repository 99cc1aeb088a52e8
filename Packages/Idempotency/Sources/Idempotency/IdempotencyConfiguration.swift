/// How long idempotency keys are kept, and how much of them.
public struct IdempotencyConfiguration: Sendable {
    /// How long a key is remembered, from its first request on; a second or more. Default: 24 hours.
    public var retention: Duration = .seconds(86_400)
    /// What is added to the deadline of a request until its server counts as gone: for clocks that differ, and for handlers that
    /// are late. Default: 30 seconds.
    public var deadlineMargin: Duration = .seconds(30)
    /// Most bytes of an answer, head and body, that are kept; of a larger one only the status is. Default: 64 KiB.
    public var maximumAnswerBytes = 65_536
    /// Most keys that one caller may have at a time; further ones are refused with 429. Default: 10 000.
    ///
    /// Requests that come at the same instant may go over it by their number.
    public var maximumKeysPerCaller = 10_000
    /// How long ``IdempotencyUpkeep`` rests between two looks; 10 ms or more. Default: one minute.
    public var upkeepPause: Duration = .seconds(60)
    /// How many rows one statement removes, 1 or more. Default: 500.
    public var upkeepBatch = 500

    /// Creates a configuration with the usual values.
    public init() {}
}
