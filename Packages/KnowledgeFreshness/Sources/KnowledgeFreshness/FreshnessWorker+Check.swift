import Logging
import Persistence
import Staleness

/// How a check ended.
enum CheckEnd: Sendable {
    /// The index answered, or was not asked.
    case answered
    /// It gave no answer about this package.
    case unanswered(String)
}

extension FreshnessWorker {
    /// Checks one trace, whatever comes of it.
    func check(_ lease: Lease, _ judge: TraceJudge) async -> CheckEnd {
        await self.seams.reached(.taken)
        let end: CheckEnd
        do {
            end = try await self.outcome(of: lease, judge)
        } catch {
            // Nobody knows the outcome; when the lease has run out, somebody checks again.
            if !Task.isCancelled {
                self.metrics?.count(.database)
                self.logger.debug(
                    "the outcome of a check was not kept",
                    metadata: ["freshness.error": "\(error)", "freshness.lease": "\(lease.token)"])
            }
            end = .answered
        }
        await self.seams.reached(.ended)
        return end
    }

    private func outcome(of lease: Lease, _ judge: TraceJudge) async throws -> CheckEnd {
        let content: TraceContent
        do {
            guard let found = try await self.leases.content(of: lease) else {
                if try await !self.outcomes.forget(lease) { self.metrics?.count(.lease) }
                return .answered
            }
            content = found
        } catch let error as PersistenceError where error.code == .decoding {
            // It is not in the way of the others, and looked at again now and then.
            self.metrics?.count(.trace)
            let now = self.seams.now()
            try await self.outcomes.postpone(
                lease, reason: "the trace cannot be read", at: now, until: now.advanced(by: self.pause(after: lease)))
            return .answered
        }
        let verdict = await judge.verdict(on: content)
        await self.seams.reached(.judged)
        // What was broken off says nothing, least of all that the index is away.
        try Task.checkCancellation()
        let isProvisional = verdict.grade.isProvisional
        let now = self.seams.now()
        let outcome = OutcomeTable.Outcome(
            verdict: verdict, checkedAt: now, nextAt: self.next(verdict, lease, at: now),
            attempts: isProvisional ? lease.attempts + 1 : 0)
        let fate = try await self.outcomes.keep(outcome, of: content, lease)
        self.count(fate, verdict)
        return isProvisional ? .unanswered(verdict.pin?.name ?? "") : .answered
    }

    private func count(_ fate: OutcomeTable.Fate, _ verdict: EntryVerdict) {
        switch fate {
        case .kept:
            self.metrics?.count(verdict.grade.freshness)
            if verdict.grade.isProvisional { self.metrics?.count(.index) }
        case .changed: self.metrics?.count(.changed)
        case .lost: self.metrics?.count(.lease)
        case .gone: break
        }
    }

    private func next(_ verdict: EntryVerdict, _ lease: Lease, at now: Timestamp) -> Timestamp? {
        if verdict.grade.isProvisional { return now.advanced(by: self.pause(after: lease)) }
        // Where no version is named there is nothing to look for until the trace changes.
        guard verdict.pin != nil else { return nil }
        return now.advanced(by: self.spread(self.configuration.recheckInterval))
    }

    private func pause(after lease: Lease) -> Duration {
        self.spread(self.configuration.retryPause(after: lease.attempts + 1))
    }

    /// Give or take a tenth, so that what was checked together is not checked together for ever.
    private func spread(_ time: Duration) -> Duration {
        time * (0.9 + 0.2 * min(max(self.seams.jitter(), 0), 1))
    }
}
