/// What a key may be used for: everything its caller may do, or only what is listed.
///
/// Two cases keep "nothing was said" apart from "nothing is allowed": an empty list permits nothing.
public enum ScopeSet: Hashable, Sendable {
    /// The key may do whatever its caller may do.
    case unrestricted

    /// The key may do only this.
    case limited(Set<Scope>)

    /// Whether a key with these scopes may be used for `scope`.
    public func permits(_ scope: Scope) -> Bool {
        switch self {
        case .unrestricted: true
        case .limited(let scopes): scopes.contains(scope)
        }
    }
}
