public import Identity
public import Persistence

/// What the owner of a new key may say about it.
public struct KeyDetails: Sendable {
    /// What the owner calls the key; at most 100 characters.
    public var label: String?
    /// The human behind the key, by whom four-eyes rules compare; at most 255 characters.
    public var person: String?
    /// What the key may be used for.
    public var scopes: ScopeSet
    /// When it stops being valid by itself.
    public var expiresAt: Timestamp?

    /// Creates details; nothing is required.
    public init(label: String? = nil, person: String? = nil, scopes: ScopeSet = .unrestricted, expiresAt: Timestamp? = nil) {
        self.label = label
        self.person = person
        self.scopes = scopes
        self.expiresAt = expiresAt
    }

    func check() throws(AuthError) {
        if let label, label.unicodeScalars.count > 100 {
            throw AuthError(.invalidText, message: "A label has at most 100 characters")
        }
        if let person, person.unicodeScalars.count > 255 {
            throw AuthError(.invalidText, message: "A person has at most 255 characters")
        }
    }
}
