/// How a ``Journal`` commits and spools.
public struct JournalConfiguration: Sendable {
    /// Most records in one transaction, 1 or more; default 256.
    public var maximumBatch = 256
    /// Most bytes of records in one transaction, 1 or more; one record may be longer; default 4 MiB.
    public var maximumBatchBytes = 4 << 20
    /// Most records that wait for the next transaction; the next one is refused; default 4 096.
    public var maximumWaiting = 4_096
    /// Most bytes of records that wait; default 64 MiB.
    public var maximumWaitingBytes = 64 << 20
    /// Most bytes of one record in its canonical form; default 8 MiB.
    public var maximumRecordBytes = 8 << 20
    /// How long a transaction may take before its records go to the spool; default 2 s.
    public var commitDeadline = Duration.seconds(2)
    /// Most bytes of all files of the spool; default 256 MiB.
    public var maximumSpoolBytes = 256 << 20
    /// Most records that this process may have in the spool; default 200 000.
    public var maximumSpoolRecords = 200_000
    /// How many request ids are remembered at least, the newest ones, so that a second use is known while the database is away;
    /// 1 or more; default 200 000, which needs up to 20 MB.
    public var rememberedRequestIDs = 200_000
    /// After how long without a sign of life another server counts as gone, so that its open requests may be closed; many
    /// times ``leaseRenewal``; default 10 min.
    public var writerLease = Duration.seconds(600)
    /// How often this process gives a sign of life; default 30 s.
    public var leaseRenewal = Duration.seconds(30)
    /// The longest pause between two attempts to empty the spool, which begin with 50 ms; default 2 s.
    public var longestDrainPause = Duration.seconds(2)

    /// Takes all defaults.
    public init() {}
}
