public import Auth
public import HTTPCore
import HTTPTypes
import Identity
import Persistence
import StrictJSON

/// The operations on sessions of administrators (CONTRACTS §1.4): `POST /v1/admin/login`, `GET /v1/admin/me` and
/// `POST /v1/admin/logout`.
///
/// Everything that is no valid key or session answers 401 alike, whether it is missing, malformed, wrong or ended (CONTRACTS,
/// decisions); 403 is left for valid keys of callers who are no administrators.
public struct AdminOperations: Sendable {
    /// Where the header `X-Admin-Key` counts, if the setting `ADMIN_API_KEY` is set: paths that begin like this.
    public static let adminKeyPaths = ["/v1/admin/", "/v1/approvals/", "/v1/audit/"]

    /// The limit on log-ins: each is charged to the client's address before its key is looked at, so that guessing is bounded whatever
    /// the key is.
    public static let loginLimit = LimitClass("admin-login", by: .address)
    /// The same class, charged to the caller once the key is proven, wherever it is used from.
    private static let callerLoginLimit = LimitClass("admin-login")

    let authority: KeyAuthority
    private let store: KeyStore
    let limits: any LimitEnforcer
    let failureLimit: LimitClass?
    let ledger: any SessionLedger

    /// Creates the operations.
    ///
    /// - Parameters:
    ///   - authority: Opens and ends sessions.
    ///   - store: Knows the rows of gateway callers.
    ///   - limits: What log-ins, and failed ones, are charged to.
    ///   - failureLimit: The class charged to the client's address for each failed login, the same as for other failed
    ///     authentication; `nil` leaves them free.
    ///   - ledger: Where each session that is opened or ended is recorded; refused calls go to the ``RefusalObserver``.
    public init(
        authority: KeyAuthority, store: KeyStore, limits: any LimitEnforcer, failureLimit: LimitClass?,
        ledger: any SessionLedger
    ) {
        self.authority = authority
        self.store = store
        self.limits = limits
        self.failureLimit = failureLimit
        self.ledger = ledger
    }

    /// The operations for the router.
    public var operations: [Operation] {
        [self.login, self.me, self.logout].map { operation in
            var operation = operation
            operation.recordsRefusals = true
            return operation
        }
    }

    private var login: Operation {
        Operation(
            .post, "/v1/admin/login",
            id: "adminLogin",
            summary: "Open a session with an administrator's key",
            tag: "admin",
            access: .anyone,
            body: .json(.object([.required("api_key", .string())])),
            maximumBodyBytes: 16_384,
            answers: [
                .json(
                    .ok, "The session; its token cannot be shown again",
                    .object([
                        .required("session_token", .string()),
                        .required("caller_id", .string()),
                        .required("role", .string()),
                        .required("environment", .string().nullable),
                        .required("api_key_id", .integer()),
                        .required("org_id", .string()),
                        .required("expires_at", .string(format: .dateTime)),
                    ])
                ),
                .problem(.unauthorized, "It is not a valid key"),
                .problem(.forbidden, "The key's caller is no administrator"),
                .problem(.tooManyRequests, "Too many log-ins from this address, or of this caller"),
                .problem(.serviceUnavailable, "Keys cannot be checked, or log-ins not be recorded, now"),
            ]
        ) { request in
            _ = try await self.charge(Self.loginLimit, to: .anonymous, request)
            switch try await self.candidate(of: try request.bodyText("api_key")) {
            case .admin(let caller):
                request.note(caller)
                let fields = try await self.charge(Self.callerLoginLimit, to: caller, request)
                guard let session = try await self.open(for: caller, request) else { throw try await self.failure(request) }
                return Self.answer(session, fields)
            case .unknownKey:
                throw try await self.failure(request)
            case .notAdmin(let caller):
                request.note(caller)
                _ = try await self.charge(Self.callerLoginLimit, to: caller, request)
                throw Problem(.forbidden, "Admin access required")
            }
        }
    }

    private var me: Operation {
        Operation(
            .get, "/v1/admin/me",
            id: "adminMe",
            summary: "Whose session this is",
            tag: "admin",
            access: .role([Role.admin.text]),
            answers: [
                .json(
                    .ok, "The administrator",
                    .object([
                        .required("caller_id", .string()),
                        .required("role", .string()),
                        .required("trust_level", .integer(4...4)),
                        .required("environment", .string().nullable),
                        .required("api_key_id", .integer().nullable.described("null for the key of the setting ADMIN_API_KEY")),
                        .required("org_id", .string()),
                    ])
                )
            ]
        ) { request in
            let caller = request.caller
            let row = caller.keyID == nil ? nil : try await self.store.gatewayRowID(of: caller.id)
            return .json(
                .ok,
                [
                    "caller_id": .string(caller.id.text),
                    "role": .string(Role.admin.text),
                    "trust_level": .integer(TrustLevel.admin.rawValue),
                    "environment": caller.environment.map { .string($0.text) } ?? .null,
                    "api_key_id": row.map { .integer($0) } ?? .null,
                    "org_id": .string(caller.organisation.text),
                ]
            )
        }
    }

    private var logout: Operation {
        Operation(
            .post, "/v1/admin/logout",
            id: "adminLogout",
            summary: "End the session of the bearer token",
            tag: "admin",
            access: .role([Role.admin.text]),
            answers: [.json(.ok, "The session has ended", .object([.required("status", .choice(["ok"]))]))]
        ) { request in
            // A key alone is no session that could end.
            guard let token = request.headers.bearerToken else { throw Problem.invalidCredential }
            var attempt = try await RecordedAttempt(
                .logOut, of: AdminSession.id(ofToken: token), by: request.caller, in: request, ledger: self.ledger)
            let hasEnded: Bool
            do {
                hasEnded = try await self.authority.logOut(presenting: token)
            } catch {
                await attempt.settle(.failed)
                throw error
            }
            await attempt.settle(hasEnded ? .done : .refused)
            guard hasEnded else { throw Problem.invalidCredential }
            return .json(.ok, ["status": "ok"])
        }
    }
}
