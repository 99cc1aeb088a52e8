public import Identity
public import Persistence

/// Knows who may decide, at the moment at which a decision takes effect.
public protocol ApproverDirectory: Sendable {
    /// Whether answers rest on rows of the database; true unless a directory says otherwise.
    ///
    /// When they do not, such as those of a list in the configuration, a use that is one statement needs no transaction around it.
    var restsOnDatabase: Bool { get }

    /// Whether a party may decide requests of its organisation, as the open transaction has it.
    ///
    /// Asked within the transaction of each vote, of its voter and of everybody who voted yes before; and within that of each use,
    /// of everybody who voted yes. A right that was taken before such a transaction commits must not count, so an answer that
    /// rests on rows of the database holds them: on PostgreSQL it reads them `FOR SHARE`, and whoever takes the right away waits
    /// for the commit or is waited for. A SQLite file has one writer at a time. What does not stand in the database is as
    /// good as the moment at which it is asked.
    ///
    /// Synchronous and short: it runs on the connection's thread, and neither waits nor uses the network. When the transaction
    /// is repeated, it is asked again.
    ///
    /// - Parameters:
    ///   - party: Who decides, or has voted.
    ///   - key: The key that is presented with the decision, which has to be valid itself; nil for an earlier vote, for which any
    ///     valid key of the party will do, and for callers without one.
    ///   - connection: The connection of the open transaction.
    /// - Throws: When it cannot be told; nothing is then decided or spent.
    func standing(
        of party: ApprovalParty, presenting key: KeyID?, in connection: any DatabaseConnection
    ) throws -> ApproverStanding
}

extension ApproverDirectory {
    /// True: question and change are one transaction.
    public var restsOnDatabase: Bool { true }
}

/// What a directory knows of a party.
public enum ApproverStanding: Sendable, Hashable {
    /// It may decide; with the human behind it, if one is known by now.
    case mayDecide(person: PersonID?)
    /// It may not, or does not exist any more.
    case mayNotDecide
}
