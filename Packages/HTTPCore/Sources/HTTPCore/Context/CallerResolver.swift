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

    /// Finds out who calls, when the request says by which name; it may be foreign, and proves nothing.
    ///
    /// Resolvers that look for some credentials one by one begin there; by default the name is passed over.
    ///
    /// - Parameters:
    ///   - credential: As for ``caller(presenting:)``.
    ///   - hint: The name, as the request gives it; nil when it gives none. An address is no such name: many callers share one.
    func caller(presenting credential: String, hint: CallerID?) async throws -> Caller?
}

extension CallerResolver {
    /// Passes over the name.
    public func caller(presenting credential: String, hint: CallerID?) async throws -> Caller? {
        try await self.caller(presenting: credential)
    }
}
