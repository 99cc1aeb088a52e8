public import Credentials
public import HTTPCore
import HTTPTypes
import Identity
import StrictJSON

/// The operations over deposited cloud credentials: `/api/auth/aws-credentials` (CONTRACTS §1.2).
///
/// They are open to everybody. What a request with a key deposits belongs to its caller; without one it belongs to the session that
/// the answer names in a cookie. Nothing that was deposited is ever told again, and keys of idempotency are not taken, so no answer and
/// no request of these is kept elsewhere.
public struct CredentialOperations: Sendable {
    /// The limit on all of them together, charged to the caller or the address.
    public static let limit = LimitClass("auth")
    /// Where they are.
    public static let path = "/api/auth/aws-credentials"

    private let store: CredentialStore
    private let isSecure: Bool

    /// Creates the operations over a store.
    ///
    /// - Parameters:
    ///   - store: Keeps the credentials.
    ///   - isSecure: Whether the server is reached by TLS, so that the cookie of a session is never sent in the clear.
    public init(store: CredentialStore, isSecure: Bool) {
        self.store = store
        self.isSecure = isSecure
    }

    /// The operations for the router.
    public var operations: [Operation] { [self.deposit, self.look, self.remove] }

    private static let bodyBytes = 64 << 10

    private static let done = Schema.object([.required("message", .string()), .required("environment", .string())])

    private var deposit: Operation {
        Operation(
            .post, Self.path, id: "storeCloudCredentials", summary: "Deposit cloud credentials in the place of earlier ones",
            tag: "console", access: .anyoneIdentified, limits: [Self.limit],
            body: .json(
                .object([
                    .required("access_key", .string(maximum: 1_024).described("16 characters or more")),
                    .required("secret_key", .string(maximum: 4_096).described("16 characters or more")),
                    .required("environment", .string(maximum: 64).described("com or gov")),
                    .optional("session_token", .string(maximum: 16_384).nullable),
                ])),
            maximumBodyBytes: Self.bodyBytes,
            answers: [
                .json(.ok, "Kept; the cookie session_id names the session of a client without a key", Self.done),
                .problem(.badRequest, "A key is too short, or the environment is neither com nor gov"),
                .problem(.serviceUnavailable, "No more can be kept now"),
            ]
        ) { request in
            let credentials = try Self.credentials(in: request)
            let session = request.caller.isAnonymous ? AnonymousSession.of(request) ?? .begin() : nil
            guard let owner = session.map({ CredentialOwner.session($0.id) }) ?? CredentialOwner.caller(request.caller) else {
                preconditionFailure("a caller is anonymous and has a session, or is known")
            }
            do {
                try await self.store.keep(credentials, of: owner)
            } catch let error as CredentialsError where error.code == .tooMany {
                throw Problem(.serviceUnavailable, error.message, headers: [.retryAfter: "60"])
            }
            var answer = Self.answer([
                "message": "AWS credentials stored successfully", "environment": .string(credentials.environment.rawValue),
            ])
            if let session { answer.setCookie(of: session, isSecure: self.isSecure) }
            return answer
        }
    }

    private var look: Operation {
        Operation(
            .get, Self.path, id: "showCloudCredentials",
            summary: "Whether cloud credentials are there, and for which environment",
            tag: "console", access: .anyoneIdentified, limits: [Self.limit],
            answers: [
                .json(
                    .ok, "What is there",
                    .object([.required("configured", .boolean), .required("environment", .string().nullable)]))
            ]
        ) { request in
            guard let owner = Self.owner(of: request), let found = try await self.store.credentials(of: owner) else {
                return Self.answer(["configured": false, "environment": .null])
            }
            return Self.answer(["configured": true, "environment": .string(found.environment.rawValue)])
        }
    }

    private var remove: Operation {
        Operation(
            .delete, Self.path, id: "deleteCloudCredentials", summary: "Remove cloud credentials", tag: "console",
            access: .anyoneIdentified, limits: [Self.limit],
            answers: [.json(.ok, "Removed", Self.done), .problem(.notFound, "There are none")]
        ) { request in
            guard let owner = Self.owner(of: request), try await self.store.remove(of: owner) else {
                throw Problem(.notFound, "No credentials found for this session")
            }
            return Self.answer(["message": "AWS credentials deleted successfully", "environment": "none"])
        }
    }

    private static func credentials(in request: OperationRequest) throws(Problem) -> CloudCredentials {
        let (accessKey, secretKey) = (try request.bodyText("access_key"), try request.bodyText("secret_key"))
        let environment = try request.bodyText("environment")
        do throws(CredentialsError) {
            return try CloudCredentials(
                accessKey: accessKey, secretKey: secretKey, sessionToken: request.body["session_token"]?.stringValue,
                environment: environment)
        } catch {
            throw Problem(.badRequest, error.message)
        }
    }

    /// Whose credentials a request is about; nil for a client without a key and without a session.
    private static func owner(of request: OperationRequest) -> CredentialOwner? {
        CredentialOwner.caller(request.caller) ?? AnonymousSession.of(request).map { .session($0.id) }
    }

    /// An answer that no cache keeps.
    private static func answer(_ body: JSONValue) -> OperationResponse {
        var answer = OperationResponse.json(.ok, body)
        answer.headers[.cacheControl] = "no-store"
        return answer
    }
}
