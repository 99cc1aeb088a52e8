/// How the owner of a budget is named in the keys of its counters.
public enum SubjectNaming: Sendable {
    /// A tuple of kind and name, which no other tuple can equal.
    case tuples
    /// One text: the id alone for users, as the prescribed Redis layout `rl:{user id}:{read|write}` has it (CONTRACTS §4.2), and
    /// `kind:name` for all others. The ids of users are UUIDs, so the two never meet.
    case plainUsers
}
