import Cryptography
public import HTTPCore
import HTTPTypes
public import Identity

/// Knows one credential: the token of the management routes (`RATELIMITER_ADMIN_TOKEN`), presented as
/// `Authorization: Bearer …` or in the key header.
public struct AdminToken: CallerResolver {
    private let token: SecretBytes
    private let caller: Caller

    /// Creates the resolver.
    ///
    /// - Parameter token: The token; `nil` knows no credential at all.
    public init?(_ token: String) {
        guard !token.isEmpty, let id = CallerID("operator") else { return nil }
        self.token = SecretBytes(token.utf8)
        self.caller = Caller(id: id, kind: .gatewayCaller)
    }

    /// The operator, for exactly the token; compared in constant time.
    public func caller(presenting credential: String) async throws -> Caller? {
        self.token == SecretBytes(credential.utf8) ? self.caller : nil
    }
}

/// Knows no credential, for a node whose routes are all open.
public struct NoCallers: CallerResolver {
    /// There is nothing to set.
    public init() {}

    /// Nobody.
    public func caller(presenting credential: String) async throws -> Caller? { nil }
}

/// Limits nobody: a limiter does not limit those who ask it.
public struct NoLimits: LimitEnforcer {
    /// There is nothing to set.
    public init() {}

    /// Admits everything.
    public func charge(_ classes: [LimitClass], caller: Caller, address: IPAddress?) async -> LimitOutcome { .admitted([:]) }

    /// No rules.
    public func description(of limitClass: LimitClass) -> [String] { [] }
}
