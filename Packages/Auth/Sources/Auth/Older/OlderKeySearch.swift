import Cryptography
import Dispatch
import Identity
import Logging
import Persistence
import Synchronization

/// Finds the rows of `api_keys` that keys made elsewhere belong to, by their bcrypt hashes.
///
/// An attempt does a fixed amount of work however many rows there are: the row that the caller's name points to first, then the
/// newest that were not tried for this key, and at the next attempt those after them. A key that fits gets its digest stored,
/// and is never looked for here again.
final class OlderKeySearch: Sendable {
    /// Says whether a hash was made of a key; tests count its calls.
    typealias Verification = @Sendable (_ key: [UInt8], _ hash: BcryptHash) throws -> Bool

    private let database: any Database
    private let configuration: KeyAuthorityConfiguration
    private let logger: Logger
    private let verify: Verification
    private let progress: Mutex<SearchProgress>
    /// One hash at a time, and never on a thread that others wait for.
    private let queue = DispatchQueue(label: "gatehouse.older-keys")

    init(
        database: any Database, configuration: KeyAuthorityConfiguration, logger: Logger,
        verify: @escaping Verification = { try Bcrypt.verify($0, against: $1) }
    ) {
        self.database = database
        self.configuration = configuration
        self.logger = logger
        self.verify = verify
        self.progress = Mutex(SearchProgress(capacity: configuration.rememberedFailures))
    }

    /// Whether a text can be a key that bcrypt has hashed: bcrypt takes neither more bytes nor a NUL, and the keys of our own
    /// form have their digests stored from the start.
    static func canBeOlder(_ credential: String) -> Bool {
        credential.utf8.count <= Bcrypt.maximumPasswordBytes && !credential.utf8.contains(0)
            && !credential.utf8.starts(with: APIKey.prefix.utf8)
    }

    /// Makes one attempt; the caller sees to it that there is one at a time for each key.
    ///
    /// - Returns: Whether a row was found, whose key then has its digest stored.
    /// - Throws: `PersistenceError`, `CryptographyError`, `CancellationError`; what was tried until then stays tried.
    func attempt(_ credential: String, _ digest: SHA256Digest, hint: CallerID?, at now: Timestamp) async throws -> Bool {
        var attempt = Attempt(
            key: Array(credential.utf8), tried: self.progress.withLock { $0.tried(for: digest) },
            budget: self.configuration.roundsPerAttempt)
        let found: CandidateTable.Candidate?
        do {
            found = try await self.search(&attempt, hint: hint)
        } catch {
            self.progress.withLock { $0.set(attempt.tried, for: digest) }
            throw error
        }
        guard let found else {
            self.progress.withLock { $0.set(attempt.tried, for: digest) }
            return false
        }
        self.progress.withLock { $0.remove(digest) }
        let id = KeyID(unchecked: try Random.base62Text(count: 8))
        try await self.database.transaction(isolation: .readCommitted, retries: 3) { connection in
            try CandidateTable.adopt(digest, of: found, as: id, at: now, on: connection)
        }
        return true
    }

    /// The state of one attempt.
    private struct Attempt {
        let key: [UInt8]
        var tried: SearchProgress.Tried
        var budget: Int
        var hasVerified = false

        /// Takes the work of a hash from the budget; the first is always affordable.
        mutating func affords(_ hash: BcryptHash) -> Bool {
            let rounds = 1 << hash.cost
            guard !self.hasVerified || rounds <= self.budget else { return false }
            self.budget -= rounds
            self.hasVerified = true
            return true
        }
    }

    private enum Outcome {
        case fits, differs, isTooMuch
    }

    private func search(_ attempt: inout Attempt, hint: CallerID?) async throws -> CandidateTable.Candidate? {
        if let hint, attempt.tried.takesHints,
            let candidate = try await CandidateTable.candidate(of: hint, in: self.database),
            !attempt.tried.contains(candidate.number)
        {
            if try await self.check(candidate, &attempt) == .fits { return candidate }
            attempt.tried.hinted.append(candidate.number)
        }
        guard let range = attempt.tried.range else { return try await self.walk(.newest, &attempt) }
        if let found = try await self.walk(.newerThan(range.upperBound), &attempt) { return found }
        guard !attempt.tried.reachedOldest, !attempt.hasVerified || attempt.budget > 0 else { return nil }
        return try await self.walk(.olderThan(range.lowerBound), &attempt)
    }

    /// Tries the candidates of a slice until the work is done.
    private func walk(_ slice: CandidateTable.Slice, _ attempt: inout Attempt) async throws -> CandidateTable.Candidate? {
        let candidates = try await CandidateTable.candidates(slice, limit: Self.candidatesPerSlice, in: self.database)
        for candidate in candidates {
            if !attempt.tried.contains(candidate.number) {
                switch try await self.check(candidate, &attempt) {
                case .fits: return candidate
                case .differs: break
                case .isTooMuch: return nil
                }
            }
            attempt.tried.note(candidate.number)
        }
        if case .newerThan = slice { return nil }
        attempt.tried.reachedOldest = candidates.count < Self.candidatesPerSlice
        return nil
    }

    private func check(_ candidate: CandidateTable.Candidate, _ attempt: inout Attempt) async throws -> Outcome {
        guard candidate.rowID != nil, let hash = BcryptHash(candidate.keyHash), hash.cost <= self.configuration.maximumCost else {
            // What can be no key's hash is said once, and never read again.
            if try await CandidateTable.remove(candidate, in: self.database), let row = candidate.rowID {
                self.logger.warning(
                    "a row of api_keys has no usable bcrypt hash",
                    metadata: ["row": "\(row)", "maximum.cost": "\(self.configuration.maximumCost)"])
            }
            return .differs
        }
        guard attempt.affords(hash) else { return .isTooMuch }
        return try await self.verified(attempt.key, hash) ? .fits : .differs
    }

    private func verified(_ key: [UInt8], _ hash: BcryptHash) async throws -> Bool {
        try Task.checkCancellation()
        let verify = self.verify
        return try await withCheckedThrowingContinuation { continuation in
            self.queue.async { continuation.resume(with: Result { try verify(key, hash) }) }
        }
    }

    /// Most candidates that one statement reads; those without a usable hash cost little.
    private static let candidatesPerSlice = 64
}
