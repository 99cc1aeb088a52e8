import HTTPCore

/// Who may use documents.
enum RetrievalAccess {
    /// Everybody; whoever sends a key is known by it.
    static let anyone = Access.anyoneIdentified
}
