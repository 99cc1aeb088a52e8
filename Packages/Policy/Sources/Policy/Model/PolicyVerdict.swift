/// What becomes of a call; the raw value is the wire word.
public enum PolicyVerdict: String, Hashable, Sendable, CaseIterable, Comparable {
    /// It runs.
    case allow = "ALLOW"
    /// It runs with arguments from which personal data, credentials and traversals were removed.
    case sanitizeAndAllow = "SANITIZE_AND_ALLOW"
    /// It waits until a person agrees.
    case approvalRequired = "APPROVAL_REQUIRED"
    /// It does not run.
    case deny = "DENY"

    /// Orders by strictness: what lets more happen is less.
    public static func < (left: PolicyVerdict, right: PolicyVerdict) -> Bool { left.strictness < right.strictness }

    private var strictness: Int {
        switch self {
        case .allow: 0
        case .sanitizeAndAllow: 1
        case .approvalRequired: 2
        case .deny: 3
        }
    }
}

/// What becomes of an output; the raw value is the wire word.
public enum OutputVerdict: String, Hashable, Sendable, CaseIterable {
    /// It is handed over.
    case allow = "ALLOW"
    /// It is handed over with what was found replaced.
    case redact = "REDACT"
    /// It is withheld until a person agrees.
    case approvalRequired = "APPROVAL_REQUIRED"
    /// It is dropped.
    case deny = "DENY"
}
