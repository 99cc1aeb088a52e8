public import Migrations

/// The prescribed tables of the tool gateway as the chain `gateway`: api_keys, audit_events and approval_requests.
///
/// `0001` → `0002`; ids, names and types are those of the system that these tables come from (CONTRACTS §2.2), so that a
/// database of that system and its seeder go on working. Nothing refers to anything else by a foreign key.
///
/// Instants have no zone there and hold UTC. The one default among them, `api_keys.created_at`, is UTC whatever zone the
/// server lives in. On SQLite instants and JSON are `TEXT`, as in the chain `commons`.
public enum GatewayRevisions {
    /// The chain, whose head is `0002`.
    public static let chain: RevisionChain = {
        do {
            return try RevisionChain(name: "gateway", revisions: [Self.initialTables, Self.organisations])
        } catch {
            preconditionFailure("the revisions of the gateway stand in one line: \(error)")
        }
    }()
}
