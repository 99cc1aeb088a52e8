public import Identity

/// Says as which user a caller writes.
///
/// Publishing is open to every key (CONTRACTS, decisions): a user writes as itself, and a gateway caller as the user that it gets at
/// its first write, whatever its name.
public protocol ContributorDirectory: Sendable {
    /// The user's id, a UUID; from any task, again and again.
    ///
    /// - Returns: `nil` when the caller is a user who is not there any more.
    /// - Throws: What its store throws.
    func contributorID(of caller: Caller) async throws -> String?
}
