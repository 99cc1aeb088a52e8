import HTTPCore
import HTTPTypes
import Persistence

/// Gives errors of the features their problem.
enum ProblemTranslation {
    /// The problem of an error, or `nil` for a fault of ours.
    @Sendable static func problem(of error: any Error) -> Problem? {
        guard let error = error as? PersistenceError else { return nil }
        switch error.code {
        case .unavailable, .timedOut, .closed, .serializationFailure:
            return Problem(
                .serviceUnavailable, "The database cannot answer now", headers: [.retryAfter: "1"], cause: error)
        case .outcomeUnknown:
            return Problem(
                .serviceUnavailable,
                "The database went away before it confirmed the change: it may have been made or not",
                headers: [.retryAfter: "1"], cause: error)
        case .readOnly:
            return Problem(
                .serviceUnavailable, "The database takes no changes now", headers: [.retryAfter: "1"], cause: error)
        case .unencodable, .invalidValue:
            return Problem(.validationError, error.message, cause: error)
        default:
            return nil
        }
    }
}
