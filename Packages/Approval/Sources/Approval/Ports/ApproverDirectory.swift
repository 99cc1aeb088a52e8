public import Identity

/// Knows who may decide, now.
public protocol ApproverDirectory: Sendable {
    /// Whether a party may decide requests of its organisation at this moment.
    ///
    /// Asked when somebody votes, and again of everybody who voted when the approval is spent.
    ///
    /// - Throws: When it cannot be told; nothing is then decided or spent.
    func standing(of party: ApprovalParty) async throws -> ApproverStanding
}

/// What a directory knows of a party.
public enum ApproverStanding: Sendable, Hashable {
    /// It may decide; with the human behind it, if one is known by now.
    case mayDecide(person: PersonID?)
    /// It may not, or does not exist any more.
    case mayNotDecide
}
