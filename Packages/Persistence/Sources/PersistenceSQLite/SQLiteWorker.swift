import Foundation
import GRDB
import struct Persistence.PersistenceError
import PersistenceDriver
import Synchronization

/// One open connection that waits for its thread.
struct SQLiteWorker: Sendable {
    enum Role {
        case reader, writer
    }

    private let queue: DatabaseQueue
    private let interruption: Interruption
    private let cacheSize: Int

    init(path: String, role: Role, configuration: SQLiteConfiguration) throws(PersistenceError) {
        let lock = BusyWait(timeout: configuration.busyTimeout)
        var settings = GRDB.Configuration()
        settings.readonly = role == .reader
        settings.journalMode = .wal
        settings.busyMode = .callback { lock.waits(afterTries: $0) }
        // The thread holds its connection in one unending block, within which transactions begin and end.
        settings.allowsUnsafeTransactions = true
        do {
            let queue = try DatabaseQueue(path: path, configuration: settings)
            // Set last, for GRDB turns `synchronous` down to NORMAL when it sets WAL mode.
            let synchronous = configuration.synchronous.rawValue
            try queue.inDatabase { database in
                try database.execute(
                    sql: "PRAGMA synchronous = \(synchronous); PRAGMA trusted_schema = OFF; PRAGMA temp_store = MEMORY")
            }
            self.queue = queue
            self.interruption = Interruption { queue.interrupt() }
            lock.attach(self.interruption)
        } catch {
            throw PersistenceError(opening: error, path: path)
        }
        self.cacheSize = configuration.statementCacheSize
    }

    /// Starts the thread that serves this connection in a pool until the pool is closed.
    func start(in pool: LendingPool<SQLiteSession>, number: Int = 0, whenOver: @escaping @Sendable () -> Void = {}) {
        let worker = pool.addWorker(interruption: self.interruption)
        let (queue, interruption, cacheSize) = (self.queue, self.interruption, self.cacheSize)
        let thread = Thread {
            queue.inDatabase { database in
                guard let handle = database.sqliteConnection else {
                    preconditionFailure("a connection stays open until its thread closes it")
                }
                let session = SQLiteSession(handle: handle, interruption: interruption, cacheSize: cacheSize)
                pool.serve(session, on: worker)
                session.end()
            }
            // An error here means that the file went away; the operating system closes what is left.
            try? queue.close()
            whenOver()
            pool.workerEnded()
        }
        thread.name = number == 0 ? "sqlite-writer" : "sqlite-read-\(number)"
        thread.start()
    }
}

/// Waits for a lock of another process with growing pauses, until the timeout or the borrower's cancellation.
private final class BusyWait: Sendable {
    private let timeout: Duration
    private let start = Mutex<ContinuousClock.Instant?>(nil)
    private let interruption = Mutex<Interruption?>(nil)

    init(timeout: Duration) {
        self.timeout = timeout
    }

    func attach(_ interruption: Interruption) {
        self.interruption.withLock { $0 = interruption }
    }

    /// Pauses and says whether SQLite should try again.
    func waits(afterTries tries: Int) -> Bool {
        let now = ContinuousClock.now
        let start = self.start.withLock { start in
            if tries == 0 { start = now }
            return start ?? now
        }
        if start.duration(to: now) >= self.timeout { return false }
        if self.interruption.withLock({ $0?.isRequested ?? false }) { return false }
        Thread.sleep(forTimeInterval: Double(min(tries + 1, 25)) / 1000)
        return true
    }
}
