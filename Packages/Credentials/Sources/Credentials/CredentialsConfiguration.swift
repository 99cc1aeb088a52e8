/// How long deposited credentials are kept, and how many.
public struct CredentialsConfiguration: Sendable {
    /// How long credentials are kept after they were deposited; a second or more. Default: 12 hours.
    public var lifetime: Duration = .seconds(43_200)
    /// Most credentials that there may be before anonymous clients can deposit no more. Default: 50 000.
    ///
    /// Those that deposit at the same instant may go over it by their number.
    public var maximumCredentials = 50_000
    /// How long ``CredentialUpkeep`` rests between two looks; 10 ms or more. Default: one minute.
    public var upkeepPause: Duration = .seconds(60)
    /// How many rows one statement removes, 1 or more. Default: 500.
    public var upkeepBatch = 500

    /// Creates a configuration with the usual values.
    public init() {}
}
