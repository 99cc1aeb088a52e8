public import Auth
public import ContentScreening
import ContentScreeningHTTP
public import HTTPCore
import HTTPTypes
import Identity
import StrictJSON

/// The operations on keys (CONTRACTS §1.1): `POST /api/v1/keys` and `GET /api/v1/keys/verify`.
public struct KeyOperations: Sendable {
    /// The limit on making keys, charged to the client's address.
    public static let creationLimit = LimitClass("key-creation", by: .address)
    /// The limit on failed authentication, charged to the client's address.
    public static let failedAuthenticationLimit = LimitClass("failed-authentication", by: .address)

    private let store: KeyStore
    private let gate: ContentGate

    /// Creates the operations.
    ///
    /// - Parameters:
    ///   - store: Where keys are made.
    ///   - gate: What every text passes before it is stored.
    public init(store: KeyStore, gate: ContentGate) {
        self.store = store
        self.gate = gate
    }

    /// The operations for the router.
    public var operations: [Operation] { [self.create, self.verify] }

    private var create: Operation {
        Operation(
            .post, "/api/v1/keys",
            id: "createKey",
            summary: "Register and get a first key, which is shown once",
            tag: "keys",
            access: .anyone,
            limits: [Self.creationLimit],
            body: .json(
                .object([
                    .optional("email", .string(maximum: 255).nullable.described("Any address of the form x@y")),
                    .optional("display_name", .string(maximum: 100).nullable),
                ]),
                isRequired: false
            ),
            answers: [
                .json(
                    .created, "The key; it cannot be shown again",
                    .object([
                        .required("api_key", .string()),
                        .required("user_id", .string(format: .uuid)),
                        .required("message", .string()),
                        .required("can_contribute", .boolean),
                    ])
                ),
                .problem(.conflict, "The e-mail address is registered already"),
                .contentRejected,
            ]
        ) { request in
            let email = request.body["email"]?.stringValue
            if let email, !KeyStore.isEmail(email) {
                throw Problem.validation([
                    Violation(
                        at: [.name("body"), .name("email")], type: "value_error",
                        message: "Value error, an e-mail address has the form x@y")
                ])
            }
            let registration = Registration(email: email, displayName: request.body["display_name"]?.stringValue)
            let screened = try await self.gate.admit(registration, logger: request.logger).content
            let created: KeyStore.NewKey
            do {
                created = try await self.store.createUser(email: screened.email, displayName: screened.displayName)
            } catch let error as AuthError where error.code == .emailTaken {
                throw Problem(.conflict, error.message)
            }
            return .json(
                .created,
                [
                    "api_key": .string(created.key.text),
                    "user_id": .string(created.userID),
                    "message": "Store this key now: it is not shown again.",
                    "can_contribute": true,
                ]
            )
        }
    }

    private var verify: Operation {
        Operation(
            .get, "/api/v1/keys/verify",
            id: "verifyKey",
            summary: "Whose key this is",
            tag: "keys",
            access: .caller,
            answers: [
                .json(
                    .ok, "The key is valid",
                    .object([
                        .required("valid", .boolean),
                        .required("user_id", .string().described("The user's UUID, or the name of a gateway caller")),
                    ])
                )
            ]
        ) { request in
            .json(.ok, ["valid": true, "user_id": .string(request.caller.id.text)])
        }
    }
}

/// What a new user says about themselves.
private struct Registration: Screenable {
    let email: String?
    let displayName: String?

    var contentFields: [ContentField] {
        var fields: [ContentField] = []
        if let email = self.email { fields.append(.text("email", email, isPersonal: true)) }
        if let name = self.displayName { fields.append(.text("display_name", name, isPersonal: true)) }
        return fields
    }
}
