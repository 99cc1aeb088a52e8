import Auth
import HTTPCore
import HTTPTypes
import Identity
import Persistence
import StrictJSON

/// The steps of `POST /v1/admin/login`.
extension AdminOperations {
    /// Charges a log-in.
    ///
    /// - Returns: What the answer says about the limit; 401 says nothing of it.
    func charge(
        _ limit: LimitClass, to caller: Caller, _ request: OperationRequest
    ) async throws(Problem) -> HTTPFields {
        switch await self.limits.charge([limit], caller: caller, address: request.clientAddress) {
        case .admitted(let fields): return fields
        case .denied(let problem): throw problem
        }
    }

    /// Whose key it is.
    func candidate(of key: String) async throws -> AdminCandidate {
        do {
            return try await self.authority.candidate(presenting: key)
        } catch {
            throw Self.unanswered(error)
        }
    }

    /// Opens the session, between the records of its intent and of its outcome.
    ///
    /// - Returns: `nil` when the key has ended meanwhile.
    func open(for caller: Caller, _ request: OperationRequest) async throws -> AdminSession? {
        var attempt = try await RecordedAttempt(.logIn, of: nil, by: caller, in: request, ledger: self.ledger)
        do {
            guard let session = try await self.authority.openSession(for: caller) else {
                await attempt.settle(.refused)
                return nil
            }
            await attempt.opened(session)
            return session
        } catch {
            await attempt.settle(.failed)
            throw Self.unanswered(error)
        }
    }

    /// What a log-in with something that is no valid key ends with; it is charged to the address.
    func failure(_ request: OperationRequest) async throws(Problem) -> Problem {
        if let failureLimit = self.failureLimit { _ = try await self.charge(failureLimit, to: .anonymous, request) }
        return Problem.invalidCredential
    }

    /// The answer with the session.
    static func answer(_ session: AdminSession, _ fields: HTTPFields) -> OperationResponse {
        var response = OperationResponse.json(
            .ok,
            [
                "session_token": .string(session.token),
                "caller_id": .string(session.callerID.text),
                "role": .string(session.role.text),
                "environment": session.environment.map { .string($0.text) } ?? .null,
                "api_key_id": .integer(session.apiKeyID),
                "org_id": .string(session.organisation.text),
                "expires_at": .string(session.expiresAt.rfc3339),
            ]
        )
        response.headers.append(contentsOf: fields)
        response.headers[.cacheControl] = "no-store"
        return response
    }

    private static func unanswered(_ error: any Error) -> any Error {
        if Task.isCancelled { return CancellationError() }
        return Problem(.serviceUnavailable, "Credentials cannot be checked now", headers: [.retryAfter: "1"], cause: error)
    }
}
