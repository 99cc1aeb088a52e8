import Audit
import Logging
import ServiceLifecycle
import StrictJSON
import Synchronization

/// Keeps the last record of each call, also when the journal keeps nothing at the moment.
///
/// What happened has happened, so nothing here fails a call. A record that the journal does not take at once is tried again by the
/// caller's own task for some two seconds, and then by ``run()`` until it is kept or the server stops; what never is kept stays open,
/// and the journal ends it as unknown once this process is gone.
final class OutcomeKeeper: Service {
    private struct Late {
        let record: AuditRecord
        let requestID: String
    }

    /// How many records may wait; a call that ends when there are as many is told of in the log alone.
    static let capacity = 10_000

    private let record: @Sendable (AuditRecord) async -> RecordAnswer
    private let pauses: [Duration]
    private let pause: Duration
    private let logger: Logger
    private let late = Mutex<[Late]>([])

    /// - Parameters:
    ///   - pauses: Before each attempt while the caller waits.
    ///   - pause: Between the attempts afterwards.
    ///   - logger: Hears of records that are late or lost.
    ///   - record: The journal.
    init(
        pauses: [Duration] = [.zero, .milliseconds(50), .milliseconds(250), .seconds(1)], pause: Duration = .seconds(1),
        logger: Logger, record: @escaping @Sendable (AuditRecord) async -> RecordAnswer
    ) {
        self.record = record
        self.pauses = pauses
        self.pause = pause
        self.logger = logger
    }

    /// How many records wait to be kept.
    var lateCount: Int { self.late.withLock(\.count) }

    /// Keeps a record.
    ///
    /// - Returns: Whether it is kept now.
    @discardableResult
    func keep(_ record: AuditRecord, of requestID: String) async -> Bool {
        for pause in self.pauses {
            if pause > .zero { try? await Task.sleep(for: pause) }
            if let isKept = await self.attempt(record, of: requestID) { return isKept }
        }
        let isWaiting = self.late.withLock { late in
            guard late.count < Self.capacity else { return false }
            late.append(Late(record: record, requestID: requestID))
            return true
        }
        self.log(
            isWaiting ? .warning : .error, "what became of a call is not on record\(isWaiting ? " yet" : "")", requestID,
            reason: "the journal keeps nothing")
        return false
    }

    /// Tries again what is late, until the group shuts down; and then once more.
    func run() async {
        try? await cancelWhenGracefulShutdown {
            while true {
                try await Task.sleep(for: self.pause)
                await self.retry()
            }
        }
        await self.retry()
        for late in self.late.withLock({ $0 }) {
            self.log(.error, "what became of a call is not on record", late.requestID, reason: "the server stops")
        }
    }

    private func retry() async {
        // One at a time and the oldest first: where the journal takes none, the others need not be offered.
        while let first = self.late.withLock(\.first) {
            guard await self.attempt(first.record, of: first.requestID) != nil else { return }
            self.late.withLock { _ = $0.removeFirst() }
        }
    }

    /// Whether a record is kept; nil when it may be kept later.
    private func attempt(_ record: AuditRecord, of requestID: String) async -> Bool? {
        switch await self.record(record) {
        case .durable, .spooled: return true
        case .refused(.overloaded), .refused(.unavailable), .refused(.spoolFull): return nil
        case .refused(let reason):
            self.log(.error, "what became of a call is not on record", requestID, reason: reason.rawValue)
            return false
        }
    }

    private func log(_ level: Logger.Level, _ message: Logger.Message, _ requestID: String, reason: String) {
        self.logger.log(level: level, message, metadata: ["request_id": "\(requestID)", "reason": "\(reason)"])
    }
}
