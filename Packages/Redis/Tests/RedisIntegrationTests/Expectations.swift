import Redis
import Testing

/// Waits until something is so, by looking again and again.
func waitUntil(_ claim: () async throws -> Bool) async throws {
    let end = ContinuousClock.now + .seconds(20)
    while try await !claim() {
        try #require(ContinuousClock.now < end, "it did not happen within 20 s")
        try await Task.sleep(for: .milliseconds(2))
    }
}

extension RedisError {
    /// An error to compare with: only its code counts.
    static func expected(_ code: Code) -> RedisError { RedisError(code, message: "") }
}
