/// Whether records are kept as they should be.
public enum JournalHealth: String, Sendable, Hashable, CaseIterable {
    /// Records go to the database.
    case healthy
    /// Records are kept, but wait in the spool for the database; or the spool could not be written when it was needed last.
    case degraded
    /// Nothing can be kept: the journal has ended, another process writes as this one, or the database is away and the spool is
    /// full or cannot be written. Effects must not happen.
    case unhealthy
}

extension JournalState {
    /// What health checks say.
    public var health: JournalHealth {
        if self.isStopped || self.hasConflict { return .unhealthy }
        let isAway = self.spool.lastFailure != nil
        if isAway, !self.spool.isWritable || self.spool.isFull { return .unhealthy }
        return isAway || self.spool.depth > 0 || !self.spool.isWritable ? .degraded : .healthy
    }
}

extension Journal {
    /// What health checks say; any thread may ask, at no cost. ``currentState`` tells depth, bytes and age of the spool.
    public var health: JournalHealth { self.currentState.health }
}
