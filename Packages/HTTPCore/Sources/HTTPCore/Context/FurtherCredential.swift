public import HTTPTypes

/// A header in which some operations take a credential beside the key header and the bearer token, such as `X-Admin-Key`.
///
/// It is looked at only in requests that have neither of the usual two, and whatever is wrong with it answers 401 like any
/// other credential.
public struct FurtherCredential: Sendable {
    let header: HTTPField.Name
    let paths: [String]
    let resolver: any CallerResolver

    /// Names the header and who knows its credentials.
    ///
    /// - Parameters:
    ///   - header: The header.
    ///   - paths: How the paths of operations begin that take it, such as `/v1/admin/`.
    ///   - resolver: Knows the callers.
    public init(_ header: HTTPField.Name, paths: [String], resolver: any CallerResolver) {
        self.header = header
        self.paths = paths
        self.resolver = resolver
    }

    /// Whether an operation takes it; one that is open to anyone takes none.
    func serves(_ operation: Operation) -> Bool {
        operation.access.looksAtCredentials && self.paths.contains { operation.path.utf8.starts(with: $0.utf8) }
    }
}
