/// The key of PostgreSQL's advisory lock under which migrators of one database take turns.
///
/// Advisory locks are counted per database, so one number does for all of them.
package enum PostgresLockKey {
    /// The letters `gatehmig` as one number.
    package static let value: Int64 = 0x6761_7465_686d_6967
}
