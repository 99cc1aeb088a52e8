/// A point between two steps of an archive of which the second may never come.
package enum ArchiveStep: String, Sendable, CaseIterable {
    /// Some lines are written to a file that has no name yet.
    case writing
    /// The file is whole and on the disk, under its name for the time being.
    case written
    /// The file was read again and is as it should be.
    case verified
    /// The file has its name, and the database knows nothing of it.
    case named
    /// The segment is in the database, and all records are too.
    case attested
    /// Some records are gone.
    case dropping
    /// All records are gone.
    case dropped
}
