/// How far a request has come, as the column `status` holds it.
///
/// `PENDING` becomes `APPROVED`, `DENIED`, `EXPIRED` or `CANCELLED`; `APPROVED` becomes `USED`, `EXPIRED` or `CANCELLED`. Only a
/// use that failed before any byte was sent may be taken back, from `USED` to `APPROVED`. Nothing else ever changes.
public enum ApprovalStatus: String, Sendable, Hashable, CaseIterable {
    /// Nobody has decided yet, or too few have.
    case pending = "PENDING"
    /// As many as are needed have said yes.
    case approved = "APPROVED"
    /// Somebody has said no.
    case denied = "DENIED"
    /// Its time was over before it was decided, or before it was used.
    case expired = "EXPIRED"
    /// It was spent.
    case used = "USED"
    /// Its owner or an administrator has withdrawn it.
    case cancelled = "CANCELLED"

    /// Whether time can still end it.
    public var isOpen: Bool { self == .pending || self == .approved }
}

/// What a yes allows, as the column `scope` holds it.
public enum ApprovalScope: String, Sendable, Hashable, CaseIterable {
    /// One execution of the call.
    case execution = "EXECUTION"
    /// The release of an output that was withheld, without another execution.
    case outputRelease = "OUTPUT_RELEASE"
}
