import Logging
public import ServiceLifecycle

/// The clock of approvals: ends what has expired, removes what is old, and keeps the metric of what is pending.
///
/// It is a service: run one in the app's group of every server, after the database. Several on one database do each other no harm.
public struct ApprovalKeeper: Service {
    private let desk: ApprovalDesk

    /// Creates the keeper of a desk.
    public init(_ desk: ApprovalDesk) {
        self.desk = desk
    }

    /// Looks after approvals until the group shuts down, at once and then at every ``ApprovalConfiguration/upkeepPause``.
    ///
    /// - Throws: Nothing but what cancelling does.
    public func run() async throws {
        do {
            try await cancelWhenGracefulShutdown { try await self.keep() }
        } catch is CancellationError {
            // The group shuts down.
        }
    }

    private func keep() async throws {
        var wasFailing = false
        while true {
            do {
                try await self.lookOnce()
                wasFailing = false
            } catch is CancellationError {
                throw CancellationError()
            } catch {
                // Said once for each time that the database goes away.
                if !wasFailing {
                    self.desk.logger.warning(
                        "approvals cannot be looked after", metadata: ["error": .string(String(reflecting: error))])
                }
                wasFailing = true
            }
            try await Task.sleep(for: max(self.desk.configuration.upkeepPause, .milliseconds(10)))
        }
    }

    /// Does all that is due now; a step that fails keeps no other from being done.
    ///
    /// - Throws: What the first step that failed has thrown, once all are done; `CancellationError` at once.
    func lookOnce() async throws {
        var failure: (any Error)?
        for step in [self.expire, self.removeOld, self.payDebts, self.count] {
            do {
                try await step()
            } catch is CancellationError {
                throw CancellationError()
            } catch {
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
    }

    private func expire() async throws {
        try await self.desk.expireDue()
    }

    private func removeOld() async throws {
        let batch = max(self.desk.configuration.upkeepBatch, 1)
        while try await self.desk.removeOld() >= batch { try Task.checkCancellation() }
    }

    private func payDebts() async throws {
        try await self.desk.payCacheDebts()
    }

    private func count() async throws {
        if let metrics = self.desk.metrics { metrics.setPending(try await self.desk.pendingCount()) }
    }
}
