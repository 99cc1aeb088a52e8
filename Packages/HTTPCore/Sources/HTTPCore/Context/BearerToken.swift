public import HTTPTypes

extension HTTPFields {
    /// The token behind `Authorization: Bearer` (RFC 6750 §2.1), or `nil` when the header is missing, there twice, or otherwise
    /// made.
    public var bearerToken: String? {
        let authorizations = self[values: .authorization]
        guard authorizations.count == 1, let authorization = authorizations.first else { return nil }
        let parts = authorization.utf8.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: true)
        guard parts.count == 2, Substring(parts[0]).lowercased() == "bearer" else { return nil }
        return String(Substring(parts[1]))
    }
}
