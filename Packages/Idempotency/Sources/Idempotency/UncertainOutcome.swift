import HTTPCore
import Persistence

/// Finds out whether a failed handler may have had its effect.
enum UncertainOutcome {
    /// Causes behind causes that are looked at.
    private static let greatestDepth = 8

    /// Whether an error, or one behind it, says that a change may have been made or not (`PersistenceError.outcomeUnknown`).
    ///
    /// Errors of all packages keep the one behind them in a member `cause`.
    static func isBehind(_ error: any Error) -> Bool {
        var next: (any Error)? = error
        for _ in 0..<Self.greatestDepth {
            guard let error = next else { return false }
            if let error = error as? PersistenceError, error.code == .outcomeUnknown { return true }
            if let problem = error as? Problem {
                next = problem.cause
            } else {
                next = Mirror(reflecting: error).children.first { $0.label == "cause" }?.value as? any Error
            }
        }
        // Whatever is deeper is not known.
        return next != nil
    }
}
