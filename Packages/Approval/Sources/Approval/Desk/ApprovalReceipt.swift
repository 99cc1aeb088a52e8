import Synchronization

/// Tells whoever made an attempt whether what came of it is on record.
///
/// A refusal has no effect, so one that the ledger did not keep is a refusal all the same; but then somebody else has to record it.
/// One receipt is for one attempt.
public final class ApprovalReceipt: Sendable {
    private let kept = Mutex(false)

    /// Creates a receipt, to be passed with an attempt.
    public init() {}

    /// Whether the ledger has kept the outcome; false until the attempt has come to its end.
    public var isRecorded: Bool { self.kept.withLock { $0 } }

    func note(isRecorded: Bool) { self.kept.withLock { $0 = isRecorded } }
}
