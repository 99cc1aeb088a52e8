import Synchronization

/// Runs the probe of one check for all who ask at the same time, so that neither many questions nor a probe that hangs
/// pile up work behind `/health`, which anybody may ask.
final class HealthProbe: Sendable {
    private struct Run {
        let number: UInt64
        let task: Task<Void, Never>
        var isOverdue = false
        var waiters: [UInt64: AsyncStream<HealthFinding>.Continuation] = [:]
    }

    private struct State {
        var lastNumber: UInt64 = 0
        var run: Run?
    }

    let check: HealthCheck
    private let limit: Duration
    private let state = Mutex(State())

    init(_ check: HealthCheck, limit: Duration) {
        self.check = check
        self.limit = limit
    }

    /// How the part fares, found out within the limit.
    ///
    /// A probe that misses the limit is cancelled; as long as it has not returned even so, the part counts as unhealthy at
    /// once, and no second probe is started.
    func finding() async -> HealthFinding {
        let (answers, waiter) = AsyncStream<HealthFinding>.makeStream(bufferingPolicy: .bufferingOldest(1))
        let id = self.join(waiter)
        let timer = Task {
            // Cut short by cancellation as soon as there is an answer.
            guard (try? await Task.sleep(for: self.limit)) != nil else { return }
            self.miss(id)
        }
        defer { timer.cancel() }
        return await answers.first { _ in true } ?? Self.failure
    }

    /// Adds a waiter to the run in progress, or to a new one.
    private func join(_ waiter: AsyncStream<HealthFinding>.Continuation) -> UInt64 {
        self.state.withLock { state in
            state.lastNumber &+= 1
            let id = state.lastNumber
            if state.run == nil {
                state.run = Run(number: id, task: Task { self.finish(id, await self.probe()) })
            }
            if state.run?.isOverdue == true {
                waiter.yield(Self.failure)
            } else {
                state.run?.waiters[id] = waiter
            }
            return id
        }
    }

    private static let failure = HealthFinding(.unhealthy)

    private func probe() async -> HealthFinding {
        do {
            return try await self.check.probe()
        } catch {
            return Self.failure
        }
    }

    private func finish(_ number: UInt64, _ finding: HealthFinding) {
        let waiters = self.state.withLock { state -> [AsyncStream<HealthFinding>.Continuation] in
            guard let run = state.run, run.number == number else { return [] }
            state.run = nil
            return Array(run.waiters.values)
        }
        for waiter in waiters { waiter.yield(finding) }
    }

    /// Gives up on the run in progress for everybody who waits.
    private func miss(_ id: UInt64) {
        let run = self.state.withLock { state -> Run? in
            guard let run = state.run, run.waiters[id] != nil else { return nil }
            state.run?.isOverdue = true
            state.run?.waiters = [:]
            return run
        }
        guard let run else { return }
        run.task.cancel()
        for waiter in run.waiters.values { waiter.yield(Self.failure) }
    }
}
