import HTTPTypes
import Hummingbird
import Identity

/// Stage 6: finds out who calls, or answers 401 without telling missing from wrong; then 403 by role.
///
/// The credential stands in the key header, else behind `Authorization: Bearer` (RFC 6750 §2.1). A key header that is
/// there is the only one looked at; two of them are a malformed credential.
/// Failures are charged to the client's address; a valid credential is never refused for the failures of others.
struct CallerStage: RouterMiddleware {
    typealias Context = GatehouseContext

    let access: Access
    let keyHeader: HTTPField.Name
    let resolver: any CallerResolver
    let limits: any LimitEnforcer
    let failureLimit: LimitClass?

    @concurrent func handle(_ request: Request, context: Context, next: NextStage) async throws -> Response {
        if self.access == .anyone { return try await next(request, context) }
        guard let credential = self.credential(in: request.headers), let caller = try await self.caller(presenting: credential)
        else {
            try await self.chargeFailure(context)
            throw Problem.invalidCredential
        }
        context.callerNote?.note(caller)
        if case .role(let roles) = self.access, !roles.contains(where: { Role(unchecked: $0) == caller.role }) {
            throw Problem(.forbidden, "This operation needs the role \(roles.joined(separator: " or "))")
        }
        var context = context
        context.caller = caller
        return try await next(request, context)
    }

    private func caller(presenting credential: String) async throws -> Caller? {
        do {
            return try await self.resolver.caller(presenting: credential)
        } catch let problem as Problem {
            throw problem
        } catch {
            if Task.isCancelled { throw CancellationError() }
            throw Problem(
                .serviceUnavailable, "Credentials cannot be checked now", headers: [.retryAfter: "1"], cause: error)
        }
    }

    private func credential(in headers: HTTPFields) -> String? {
        let keys = headers[values: self.keyHeader]
        if !keys.isEmpty {
            guard keys.count == 1, let key = keys.first, !key.isEmpty else { return nil }
            return key
        }
        let authorizations = headers[values: .authorization]
        guard authorizations.count == 1, let authorization = authorizations.first else { return nil }
        let parts = authorization.utf8.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: true)
        guard parts.count == 2, Substring(parts[0]).lowercased() == "bearer" else { return nil }
        return String(Substring(parts[1]))
    }

    private func chargeFailure(_ context: Context) async throws {
        guard let failureLimit = self.failureLimit else { return }
        let outcome = await self.limits.charge([failureLimit], caller: .anonymous, address: context.clientAddress)
        if case .denied(let problem) = outcome { throw problem }
    }
}
