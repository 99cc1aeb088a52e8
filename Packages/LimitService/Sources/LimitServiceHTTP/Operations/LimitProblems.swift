import HTTPCore
import HTTPTypes
import RateLimit

/// Gives errors of the limiter their problem.
enum LimitProblems {
    /// Runs `body` and turns its error into a problem.
    static func translating<Value>(
        _ body: () async throws(RateLimitError) -> Value
    ) async throws(Problem) -> Value {
        do throws(RateLimitError) {
            return try await body()
        } catch {
            throw Self.problem(of: error)
        }
    }

    private static func problem(of error: RateLimitError) -> Problem {
        switch error.code {
        case .storeUnavailable:
            Problem(.serviceUnavailable, "The shared store cannot be asked now", headers: [.retryAfter: "1"], cause: error)
        case .invalidConfiguration:
            Problem(.conflict, error.message, cause: error)
        default:
            Problem(.validationError, error.message, cause: error)
        }
    }
}
