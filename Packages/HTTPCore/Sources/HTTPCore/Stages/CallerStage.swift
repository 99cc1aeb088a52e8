import HTTPTypes
import Hummingbird
import Identity

/// Stage 6: finds out who calls, or answers 401 without telling missing from wrong; then 403 by role.
///
/// Where an operation takes it in the body, that is the only one looked at. Otherwise it stands in the key header, else behind
/// `Authorization: Bearer` (RFC 6750 §2.1). A key header that is there is the only one looked at; two of them are a malformed
/// credential. Without both, the operation's further headers are looked at in their order.
/// A body that names the caller tells the resolver where to look first; nothing else of a request is a caller's name.
/// An operation that is open to anyone and still knows its callers lets requests pass that have none of these headers.
/// Failures are charged to the client's address; a valid credential is never refused for the failures of others.
struct CallerStage: RouterMiddleware {
    typealias Context = GatehouseContext

    let access: Access
    let keyHeader: HTTPField.Name
    let resolver: any CallerResolver
    let limits: any LimitEnforcer
    let failureLimit: LimitClass?
    let furtherCredentials: [FurtherCredential]

    @concurrent func handle(_ request: Request, context: Context, next: NextStage) async throws -> Response {
        if self.letsPassUnknown(request.headers, from: context.client) { return try await next(request, context) }
        guard let presented = self.presented(in: request.headers, body: context.bodyCredential),
            let caller = try await self.caller(of: presented, hint: context.callerHint)
        else {
            try await self.chargeFailure(context)
            throw Problem.invalidCredential
        }
        context.callerNote?.note(caller)
        if case .role(let roles, let refusal) = self.access, !roles.contains(where: { Role(unchecked: $0) == caller.role }) {
            throw Problem(.forbidden, refusal ?? "This operation needs the role \(roles.joined(separator: " or "))")
        }
        var context = context
        context.caller = caller
        return try await next(request, context)
    }

    /// A credential and who knows it.
    private struct Presented {
        let credential: String
        let resolver: any CallerResolver
    }

    private func caller(of presented: Presented, hint: CallerID?) async throws -> Caller? {
        do {
            return try await presented.resolver.caller(presenting: presented.credential, hint: hint)
        } catch let problem as Problem {
            throw problem
        } catch {
            if Task.isCancelled { throw CancellationError() }
            throw Problem(
                .serviceUnavailable, "Credentials cannot be checked now", headers: [.retryAfter: "1"], cause: error)
        }
    }

    /// What proxies add, whether or not they are trusted: such a request comes from elsewhere.
    private static let proxyMarks = ["Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP"]
        .compactMap { HTTPField.Name($0) }

    private func letsPassUnknown(_ headers: HTTPFields, from client: ClientAddress?) -> Bool {
        switch self.access {
        case .anyone: true
        case .anyoneIdentified: !self.hasCredential(in: headers)
        case .callerOrLocal:
            !self.hasCredential(in: headers) && client?.origin == .peer && client?.address.isLoopback == true
                && !headers.contains(.origin) && !Self.proxyMarks.contains { headers.contains($0) }
        case .caller, .role: false
        }
    }

    private func hasCredential(in headers: HTTPFields) -> Bool {
        headers.contains(self.keyHeader) || headers.contains(.authorization)
            || self.furtherCredentials.contains { headers.contains($0.header) }
    }

    private func presented(in headers: HTTPFields, body: BodyCredential) -> Presented? {
        switch body {
        case .text(let credential): return Presented(credential: credential, resolver: self.resolver)
        case .malformed: return nil
        case .absent: break
        }
        if headers.contains(self.keyHeader) { return self.presented(by: self.keyHeader, in: headers, to: self.resolver) }
        if headers.contains(.authorization) {
            return headers.bearerToken.map { Presented(credential: $0, resolver: self.resolver) }
        }
        for further in self.furtherCredentials where headers.contains(further.header) {
            return self.presented(by: further.header, in: headers, to: further.resolver)
        }
        return nil
    }

    private func presented(
        by name: HTTPField.Name, in headers: HTTPFields, to resolver: any CallerResolver
    ) -> Presented? {
        let values = headers[values: name]
        guard values.count == 1, let value = values.first, !value.isEmpty else { return nil }
        return Presented(credential: value, resolver: resolver)
    }

    private func chargeFailure(_ context: Context) async throws {
        guard let failureLimit = self.failureLimit else { return }
        let outcome = await self.limits.charge([failureLimit], caller: .anonymous, address: context.clientAddress)
        if case .denied(let problem) = outcome { throw problem }
    }
}
