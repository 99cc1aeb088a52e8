import HTTPCore
import HTTPTypes
import Identity
import Knowledge
import Persistence
import StrictJSON

extension OperationRequest {
    /// Lets a caller write: hands on the id of the user as whom it writes, and gives the errors of a store their answers.
    ///
    /// - Throws: ``Problem``: 401 for a user who was deleted a moment ago, before the key was forgotten; what the body throws.
    func asContributor<Value>(
        of contributors: any ContributorDirectory, _ body: (_ userID: String) async throws -> Value
    ) async throws -> Value {
        do {
            guard let id = try await contributors.contributorID(of: self.caller) else { throw Problem.invalidCredential }
            return try await body(id)
        } catch let error as PersistenceError where error.code == .foreignKeyViolation {
            throw Problem.invalidCredential
        }
    }

    /// The text of a member of the body that may be null or left out.
    func optionalText(_ name: String) -> String? { self.body[name]?.stringValue }

    /// The author of a moderator's change.
    var moderationAuthor: ModerationAuthor {
        ModerationAuthor(caller: self.caller, clientAddress: self.clientAddress, requestID: self.id)
    }
}

extension Problem {
    /// The answer for a trace that is not there, or was removed.
    static var traceNotFound: Problem { Problem(.notFound, "Trace not found") }
}

extension Operation.Answer {
    /// The description of ``HTTPCore/Problem/traceNotFound``.
    static var traceNotFound: Operation.Answer { .problem(.notFound, "No trace has the id, or it was removed") }
}
