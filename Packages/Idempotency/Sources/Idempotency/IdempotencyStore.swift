public import Cryptography
public import HTTPCore
import HTTPTypes
public import Logging
public import Persistence

/// Remembers writes by their `Idempotency-Key` in the table `idempotency_keys`, for all servers on one database.
///
/// A key is claimed by one conditional insert before the handler runs, and settled after it. The effect of the handler and the
/// note about it are two commits: a server that dies in between leaves a key whose outcome is not known, and that is never run
/// again while it is remembered.
public final class IdempotencyStore: IdempotencyKeeper {
    let database: any Database
    let configuration: IdempotencyConfiguration
    let logger: Logger
    private let keyring: SecretKeyring
    private let metrics: IdempotencyMetrics?
    private let isUncertain: @Sendable (any Error) -> Bool
    private let now: @Sendable () -> Timestamp

    /// Creates a store; it does nothing until it is asked.
    ///
    /// - Parameters:
    ///   - database: Has the chain `idempotency`.
    ///   - keyring: Makes the digests and seals the answers. A secret that is dropped takes the keys with it which only servers
    ///     with that secret have seen, so it stays on the ring for as long as keys are remembered.
    ///   - metrics: Counts outcomes; nothing is counted if `nil`.
    ///   - configuration: How long and how much is kept.
    ///   - isUncertain: Whether a failed handler may have had its effect, beside errors that are or have behind them a
    ///     `PersistenceError` with code `outcomeUnknown`. By default no other.
    ///   - logger: Gets what is wrong, at `debug`.
    ///   - now: The time; tests pass one that they move by hand.
    public init(
        database: any Database, keyring: SecretKeyring, metrics: IdempotencyMetrics? = nil,
        configuration: IdempotencyConfiguration = IdempotencyConfiguration(),
        isUncertain: @escaping @Sendable (any Error) -> Bool = { _ in false }, logger: Logger,
        now: @escaping @Sendable () -> Timestamp = { .now() }
    ) {
        self.database = database
        self.keyring = keyring
        self.metrics = metrics
        self.configuration = configuration
        self.isUncertain = isUncertain
        self.logger = logger
        self.now = now
    }

    /// Claims a key, or finds out what came of it.
    ///
    /// - Returns: A ticket to run, or the answer that the first request with this key got.
    /// - Throws: `Problem`: 422 when the key was used for another request; 409 while the first request runs (with
    ///   `Retry-After`), and when its outcome is not known or its answer is not there; 429 when the caller has too many keys; 503
    ///   when the database is away. `CancellationError`.
    public func claim(_ request: IdempotentRequest) async throws -> IdempotencyClaim {
        let id = ClaimID.random()
        do {
            let digests = try KeyDigests.all(of: request, by: self.keyring)
            return try await self.claim(digests, id: id, deadline: request.deadline)
        } catch let problem as Problem {
            throw problem
        } catch {
            await self.giveUp(id, after: error)
            if error is CancellationError { throw error }
            self.metrics?.record(.unavailable)
            throw Problem(
                .serviceUnavailable, "Idempotency keys cannot be looked up now", headers: [.retryAfter: "1"], cause: error)
        }
    }

    private func claim(_ digests: [KeyDigests], id: String, deadline: Duration) async throws -> IdempotencyClaim {
        // Once more for each time that somebody gave the key free between the two looks.
        for _ in 0..<3 {
            let now = self.now()
            let end = now.advanced(by: max(deadline, .zero)).advanced(by: max(self.configuration.deadlineMargin, .zero))
            // A key may not be forgotten while its request runs.
            let expiry = max(now.advanced(by: max(self.configuration.retention, .seconds(1))), end)
            let claim = KeyTable.Claim(
                id: id, now: now, deadline: end, expiry: expiry, maximumKeys: max(self.configuration.maximumKeysPerCaller, 1))
            if try await self.insert(digests, claim) {
                self.metrics?.record(.started)
                return .run(IdempotencyTicket(id: id))
            }
            if let row = try await self.database.queryOne(KeyTable.find(digests, at: now)) {
                return try self.outcome(of: KeyRow(row), asked: digests, at: now)
            }
            if try await self.hasTooMany(digests, claim) {
                self.metrics?.record(.tooMany)
                throw Problem.tooManyKeys(limit: claim.maximumKeys)
            }
        }
        self.metrics?.record(.running)
        throw Problem.stillRunning
    }

    private func insert(_ digests: [KeyDigests], _ claim: KeyTable.Claim) async throws -> Bool {
        if digests.count == 1 {
            return try await self.database.write { try $0.execute(KeyTable.claim(digests[0], claim)) == 1 }
        }
        do {
            try await self.database.transaction(isolation: .readCommitted, retries: 5) { connection in
                for digests in digests where try connection.execute(KeyTable.claim(digests, claim)) != 1 { throw Taken() }
            }
            return true
        } catch is Taken {
            return false
        }
    }

    private func hasTooMany(_ digests: [KeyDigests], _ claim: KeyTable.Claim) async throws -> Bool {
        for digests in digests {
            let count = try await self.database.queryOne(KeyTable.count(digests, claim))?.decode("n", as: Int.self) ?? 0
            if count >= claim.maximumKeys { return true }
        }
        return false
    }

    private func outcome(of row: KeyRow, asked digests: [KeyDigests], at now: Timestamp) throws -> IdempotencyClaim {
        // Both digests of a row are by one secret.
        guard digests.contains(where: { $0.key == row.digest && $0.request == row.requestDigest }) else {
            self.metrics?.record(.otherRequest)
            throw Problem.usedForAnotherRequest
        }
        switch row.state {
        case .running where row.deadline > now:
            self.metrics?.record(.running)
            throw Problem.stillRunning
        case .running, .unknown:
            self.metrics?.record(.unknown)
            throw Problem.unknownOutcome
        case .answered:
            guard let sealed = row.answer, let kept = KeptAnswer(opening: sealed, by: self.keyring, for: row.claim) else {
                self.metrics?.record(.unkept)
                throw Problem.unkeptAnswer(status: row.status)
            }
            self.metrics?.record(.replayed)
            return .replay(kept.response)
        }
    }

    /// Takes back a claim that may have been made although its caller does not know.
    private func giveUp(_ id: String, after error: any Error) async {
        let code = (error as? PersistenceError)?.code
        guard error is CancellationError || code == .outcomeUnknown || code == .timedOut else { return }
        await self.note([KeyTable.release(id)], attempts: 1)
    }

    /// Notes what came of a claimed key.
    ///
    /// Final answers are kept, sealed. A handler that failed gives the key free, unless its effect may have happened. What cannot
    /// be noted in three attempts is left: the key then counts as unknown from its deadline on.
    public func settle(_ ticket: IdempotencyTicket, _ ending: IdempotencyEnding) async {
        let changes: [SQL]
        let outcome: IdempotencyMetrics.Outcome
        switch ending {
        case .answered(let response):
            let status = response.status.code
            if let sealed = self.sealed(response, for: ticket) {
                changes = sealed.map { KeyTable.answer(ticket.id, status: status, sealed: $0) }
                outcome = .answered
            } else {
                changes = [KeyTable.answer(ticket.id, status: status)]
                outcome = .oversized
            }
        case .failed(let error) where UncertainOutcome.isBehind(error) || self.isUncertain(error):
            changes = [KeyTable.leaveUnknown(ticket.id)]
            outcome = .uncertain
        case .refused, .failed:
            changes = [KeyTable.release(ticket.id)]
            outcome = .released
        }
        let isNoted = await self.note(changes, attempts: 3)
        self.metrics?.record(isNoted ? outcome : .unsettled)
    }

    /// The answer, sealed by each secret of the ring, or `nil` when it is too large.
    private func sealed(_ response: OperationResponse, for ticket: IdempotencyTicket) -> [[UInt8]]? {
        do {
            var all: [[UInt8]] = []
            for secret in [self.keyring.current] + self.keyring.older {
                let sealed = try KeptAnswer(response).sealed(
                    by: SecretKeyring(current: secret), for: ticket.id, limit: self.configuration.maximumAnswerBytes)
                guard let sealed else { return nil }
                all.append(sealed)
            }
            return all
        } catch {
            self.logger.debug("an answer cannot be sealed", metadata: ["error": .string(String(reflecting: error))])
            return nil
        }
    }

    /// Makes changes together, whether or not the request was cancelled: what has been done is to be noted even then.
    @discardableResult
    private func note(_ changes: [SQL], attempts: Int) async -> Bool {
        await Task {
            for attempt in 1...max(attempts, 1) {
                do {
                    if changes.count == 1 {
                        try await self.database.write { try $0.execute(changes[0]) }
                    } else {
                        try await self.database.transaction(isolation: .readCommitted, retries: 5) { connection in
                            for change in changes { try connection.execute(change) }
                        }
                    }
                    return true
                } catch {
                    self.logger.debug(
                        "an idempotency key cannot be settled", metadata: ["error": .string(String(reflecting: error))])
                    // Nobody cancels this task, so the sleep ends by itself.
                    if attempt < attempts { try? await Task.sleep(for: .milliseconds(50 * attempt)) }
                }
            }
            return false
        }.value
    }

    /// Forgets keys whose time is over, a batch at most; ``IdempotencyUpkeep`` calls it again and again.
    ///
    /// - Returns: How many rows were removed; fewer than ``IdempotencyConfiguration/upkeepBatch`` means that none is left.
    /// - Throws: `PersistenceError`; `CancellationError`.
    public func removeExpired() async throws -> Int {
        let change = KeyTable.removeExpired(at: self.now(), limit: max(self.configuration.upkeepBatch, 1))
        return try await self.database.write { try $0.execute(change) }
    }
}

/// Somebody else holds the key, so the transaction is undone.
private struct Taken: Error {}
