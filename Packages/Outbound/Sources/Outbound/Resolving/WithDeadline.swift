/// Runs an operation and cancels it when its time is over; returns when the operation has ended.
///
/// - Parameters:
///   - time: How long it may take.
///   - late: The error when the time is over.
/// - Throws: What the operation throws, `late`, or `cancelled` when the task is cancelled.
func withDeadline<Value: Sendable>(
    _ time: Duration, late: OutboundError, _ operation: @escaping @Sendable () async throws(OutboundError) -> Value
) async throws(OutboundError) -> Value {
    let outcome = await withTaskGroup(of: Result<Value, OutboundError>.self) { group in
        group.addTask {
            do throws(OutboundError) {
                return .success(try await operation())
            } catch {
                return .failure(error)
            }
        }
        group.addTask {
            do {
                try await Task.sleep(for: time)
                return .failure(late)
            } catch {
                return .failure(.cancelled)
            }
        }
        let first = await group.next() ?? .failure(.cancelled)
        group.cancelAll()
        return first
    }
    // An operation may report its own cancellation in its own words.
    if case .failure = outcome, Task.isCancelled { throw .cancelled }
    return try outcome.get()
}
