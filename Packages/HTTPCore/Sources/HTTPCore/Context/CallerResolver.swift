public import Identity

/// Turns a credential into a caller; declared here for the features that know keys and sessions.
public protocol CallerResolver: Sendable {
    /// Finds out who calls.
    ///
    /// Called once per request of an operation that is not open to anyone, before limits and before the body is read.
    ///
    /// - Parameter credential: What the request carries: the value of the key header or the bearer token; not empty.
    /// - Returns: The caller, or `nil` for every credential that is not valid now; the answer is then 401 and never
    ///   tells why.
    /// - Throws: When no answer could be given, for example because the store is away; the answer is then 503.
    func caller(presenting credential: String) async throws -> Caller?
}
