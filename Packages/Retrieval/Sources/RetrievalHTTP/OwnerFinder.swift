public import Cryptography
import HTTPCore
import Retrieval

/// Tells whose documents a request is about: those of its caller, or of the session of a client without a key.
public struct OwnerFinder: Sendable {
    private let keyring: SecretKeyring
    private let isSecure: Bool

    /// Creates a finder.
    ///
    /// - Parameters:
    ///   - keyring: The server's secrets, by whose digests sessions are kept.
    ///   - isSecure: Whether the server is reached by TLS alone, so that its cookies need never travel in the clear.
    public init(keyring: SecretKeyring, isSecure: Bool) {
        self.keyring = keyring
        self.isSecure = isSecure
    }

    /// Nil for a client that has neither a key nor a session, and so no documents.
    func owner(of request: OperationRequest) throws -> DocumentOwner? {
        if let owner = DocumentOwner(request.caller) { return owner }
        return try AnonymousSession.of(request).map { try self.owner(of: $0) }
    }

    /// The owner of something new, and what the answer has to tell the client for it.
    func newOwner(
        of request: OperationRequest
    ) throws -> (owner: DocumentOwner, finish: @Sendable (OperationResponse) -> OperationResponse) {
        if let owner = DocumentOwner(request.caller) { return (owner, { $0 }) }
        // A known session is told again, so that it lasts as long as the document.
        let session = AnonymousSession.of(request) ?? .begin()
        let isSecure = self.isSecure
        return (
            try self.owner(of: session),
            { response in
                var response = response
                response.setCookie(of: session, isSecure: isSecure)
                return response
            }
        )
    }

    private func owner(of session: AnonymousSession) throws -> DocumentOwner {
        try DocumentOwner(session: session.id, keyring: self.keyring)
    }
}
