import Cryptography
import HTTPCore
import HTTPTypes
import Identity
import StrictJSON

/// Keyed digests of a request, made with one secret of the server: the table says neither keys nor what was sent.
struct KeyDigests: Sendable {
    /// Of key, caller, method and path template: what one key means.
    let key: [UInt8]
    /// Of the caller.
    let caller: [UInt8]
    /// Of everything that makes it the same request.
    let request: [UInt8]

    /// The digests by each secret of the ring, in one order on every server, so that two claims cannot wait for each other.
    ///
    /// While a secret is replaced, servers with different rings run side by side. A claim takes its key under each secret that it
    /// knows, so two servers meet if they share one.
    static func all(of request: IdempotentRequest, by keyring: SecretKeyring) throws(CryptographyError) -> [KeyDigests] {
        var digests: [KeyDigests] = []
        for secret in [keyring.current] + keyring.older {
            digests.append(try KeyDigests(of: request, by: SecretKeyring(current: secret)))
        }
        return digests.sorted { $0.key.lexicographicallyPrecedes($1.key) }
    }

    private init(of request: IdempotentRequest, by keyring: SecretKeyring) throws(CryptographyError) {
        let caller: [JSONValue] = [
            .string(request.caller.kind.rawValue), .string(request.caller.id.text), .string(request.caller.organisation.text),
        ]
        let place: [JSONValue] = [.string(request.method.rawValue), .string(request.path), .string(request.key.text)]
        self.key = try keyring.sign(JSONValue.array(caller + place).compactBytes(), for: KeyPurpose("idempotency-key"))
        self.caller = try keyring.sign(JSONValue.array(caller).compactBytes(), for: KeyPurpose("idempotency-caller"))
        let content: JSONValue = [request.parameters, request.body, Self.scopes(of: request.caller)]
        self.request = try keyring.sign(content.sortedBytes(), for: KeyPurpose("idempotency-request"))
    }

    /// What the credential may be used for: an answer is not given to a credential that may do less than the first.
    private static func scopes(of caller: Caller) -> JSONValue {
        switch caller.scopes {
        case .unrestricted: .null
        case .limited(let scopes): .array(scopes.sorted().map { .string($0.text) })
        }
    }
}
