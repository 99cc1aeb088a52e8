public import Migrations

/// The tables of keys and callers that the prescribed tables have no room for: chain `auth`.
///
/// - `0001` makes `caller_keys`, every key that Gatehouse made, by its public id (the first key of a user is marked
///   `is_primary` and stands in `users.api_key_hash` as well), and `caller_key_changes`, one row with a number that triggers
///   raise whenever a key may have stopped being valid, whichever tool changed the row. Servers poll it and then forget what
///   they remembered of keys. On PostgreSQL the channel `gatehouse_caller_keys` is notified too.
/// - `0002` lets keys belong to gateway callers: `caller_keys.key_hash` repeats the bcrypt hash in `api_keys` that the key
///   was made with, so that a key ends when another tool replaces the hash; changes of `api_keys` are counted as well.
/// - `0003` makes `caller_key_candidates`, the active rows of `api_keys` whose hash no key in `caller_keys` accounts for, which
///   triggers keep: keys that other tools hashed are looked for there until they have been presented once. `admin_sessions`
///   holds sessions by the SHA-256 of their token; `caller_keys.replaced_by` names the key that a rotation put in a key's place.
/// - `0004` drops the triggers of `admin_sessions`: sessions are looked up each time, so no memory holds them. Servers of an older
///   version on the same database may go on with a session that has ended until it expires; stop them before this revision.
/// - `0005` adds an index of the keys that are not revoked, by which they are looked up.
/// - `0006` makes `moderators`, whose users have the role `moderator` with each of their keys (changes are counted), and
///   `caller_users`, the user that a gateway caller writes as.
public enum AuthRevisions {
    /// The chain, whose head is `0006`.
    public static let chain: RevisionChain = {
        do {
            return try RevisionChain(
                name: "auth",
                revisions: [
                    Self.callerKeys, Self.gatewayKeys, Self.olderKeysAndSessions, Self.unrememberedSessions, Self.validKeyIndex,
                    Self.usersRoles,
                ])
        } catch {
            preconditionFailure("the revisions of keys stand in one line: \(error)")
        }
    }()
}
