import CLibpq
import Persistence
import PersistenceDriver

/// A connection to a server in pipeline mode, on one thread at a time: nothing in libpq blocks, all waiting is in
/// `poll` with a deadline and a way to be woken.
final class LibpqConnection {
    private let pointer: OpaquePointer
    private let wake: WakeSignal

    private init(pointer: OpaquePointer, wake: WakeSignal) {
        self.pointer = pointer
        self.wake = wake
    }

    deinit {
        PQfinish(self.pointer)
    }

    /// Whether the connection can be used; a lost one never comes back.
    private(set) var isUsable = true

    /// Gives the connection up, whatever its state.
    func markUnusable() { self.isUsable = false }

    var socket: Int32 { PQsocket(self.pointer) }

    /// The version of the server, such as 150018.
    var serverVersion: Int { Int(PQserverVersion(self.pointer)) }

    /// Whether bytes are encrypted on their way.
    var isEncrypted: Bool { PQsslInUse(self.pointer) != 0 }

    // MARK: Opening

    /// Connects to the first of several servers that lets us in.
    ///
    /// - Parameters:
    ///   - deadline: When the whole attempt is given up; each server gets an equal part of what is left.
    ///   - isStopped: Looked at when woken: whether nobody wants the connection any more.
    /// - Throws: ``PersistenceError`` with `unavailable`, or `cancelled` if stopped.
    static func open(
        _ alternatives: [ConnectionParameters], wake: WakeSignal, deadline: ContinuousClock.Instant, isStopped: () -> Bool
    ) throws(PersistenceError) -> LibpqConnection {
        var failure = PersistenceError(.unavailable, message: "the database server cannot be reached")
        for (index, parameters) in alternatives.enumerated() {
            let left = ContinuousClock.now.duration(to: deadline) / (alternatives.count - index)
            do {
                return try Self.open(parameters, wake: wake, deadline: .now + left, isStopped: isStopped)
            } catch {
                if error.code == .cancelled { throw error }
                failure = error
            }
        }
        throw failure
    }

    private static func open(
        _ parameters: ConnectionParameters, wake: WakeSignal, deadline: ContinuousClock.Instant, isStopped: () -> Bool
    ) throws(PersistenceError) -> LibpqConnection {
        guard let pointer = parameters.withPointers({ PQconnectStartParams($0, $1, 0) }) else {
            throw PersistenceError(.unavailable, message: "there is no memory for a connection")
        }
        let connection = LibpqConnection(pointer: pointer, wake: wake)
        connection.listenToRemarks()
        try connection.finishOpening(deadline: deadline, isStopped: isStopped)
        guard PQsetnonblocking(pointer, 1) == 0, PQenterPipelineMode(pointer) == 1 else {
            throw connection.failure("the database server cannot be used")
        }
        return connection
    }

    /// Otherwise libpq would print what the server remarks; and its last word, if it comes unasked, is a remark as well.
    private func listenToRemarks() {
        // The pointer, which ends with this object, is the only one that calls back, on the thread that uses it.
        let context = Unmanaged.passUnretained(self).toOpaque()
        _ = PQsetNoticeReceiver(
            self.pointer,
            { context, remark in
                guard let context, let severity = PQresultErrorField(remark, Int32(UInt8(ascii: "V"))) else { return }
                guard ["FATAL", "PANIC"].contains(String(cString: severity)) else { return }
                Unmanaged<LibpqConnection>.fromOpaque(context).takeUnretainedValue().markUnusable()
            }, context)
    }

    private func finishOpening(deadline: ContinuousClock.Instant, isStopped: () -> Bool) throws(PersistenceError) {
        // Whoever was cancelled before may have sent a signal that is taken back already.
        if isStopped() { throw Self.interrupted }
        guard PQstatus(self.pointer) != CONNECTION_BAD else { throw self.failure("the database server cannot be reached") }
        var state = PGRES_POLLING_WRITING
        while state != PGRES_POLLING_OK {
            let outcome = SocketWait.wait(
                for: self.socket, reading: state != PGRES_POLLING_WRITING, writing: state == PGRES_POLLING_WRITING,
                wake: self.wake, deadline: deadline)
            switch outcome {
            case .woken:
                if isStopped() { throw Self.interrupted }
            case .timedOut:
                throw PersistenceError(.unavailable, message: "the database server did not answer in time")
            case .ready:
                state = PQconnectPoll(self.pointer)
                if state == PGRES_POLLING_FAILED { throw self.failure("the database server cannot be reached") }
            }
        }
    }

    // MARK: Sending

    func sendPrepare(_ name: String, text: String) throws(PersistenceError) {
        guard PQsendPrepare(self.pointer, name, text, 0, nil) == 1 else { throw self.refused() }
    }

    /// Sends the values to a prepared statement and asks for rows in binary form.
    func sendExecute(_ name: String, parameters: ParameterBuffer) throws(PersistenceError) {
        let sent = parameters.withPointers { values, lengths, formats in
            PQsendQueryPrepared(self.pointer, name, Int32(clamping: parameters.count), values, lengths, formats, 1)
        }
        guard sent == 1 else { throw self.refused() }
    }

    /// Sends a statement without values, once.
    func send(_ text: String) throws(PersistenceError) {
        guard PQsendQueryParams(self.pointer, text, 0, nil, nil, nil, nil, 1) == 1 else { throw self.refused() }
    }

    /// Ends a group: the server does what was sent, and after a failure skips the rest up to here.
    func sendSync() throws(PersistenceError) {
        guard PQpipelineSync(self.pointer) == 1 else { throw self.refused() }
    }

    /// Asks for the answers to what was sent, without ending the group.
    func sendFlushRequest() throws(PersistenceError) {
        guard PQsendFlushRequest(self.pointer) == 1 else { throw self.refused() }
    }

    /// Writes what the socket takes now, and says whether that was all.
    @discardableResult
    func flush() -> Bool {
        let left = PQflush(self.pointer)
        if left < 0 { self.isUsable = false }
        return left == 0
    }

    // MARK: Receiving

    /// What ended a wait for the server.
    enum Received {
        /// A result, or the end of the results of one statement.
        case result(LibpqResult?)
        case woken, timedOut
    }

    /// The next result of what was sent, once it is there.
    ///
    /// - Throws: ``PersistenceError`` with `unavailable` when the connection is lost.
    func receive(deadline: ContinuousClock.Instant?) throws(PersistenceError) -> Received {
        while PQisBusy(self.pointer) != 0 {
            let flushed = PQflush(self.pointer)
            guard flushed >= 0 else { break }
            switch SocketWait.wait(for: self.socket, writing: flushed == 1, wake: self.wake, deadline: deadline) {
            case .woken: return .woken
            case .timedOut: return .timedOut
            case .ready: break
            }
            // After an end of the connection there may still be a last word of the server's among the results.
            if !self.consumeInput() { break }
        }
        guard let pointer = PQgetResult(self.pointer) else {
            if PQstatus(self.pointer) == CONNECTION_BAD {
                self.isUsable = false
                throw self.failure("the connection to the database was lost")
            }
            return .result(nil)
        }
        if PQstatus(self.pointer) == CONNECTION_BAD { self.isUsable = false }
        return .result(LibpqResult(owning: pointer))
    }

    /// Takes what has come, without waiting.
    ///
    /// - Throws: ``PersistenceError`` with `unavailable` when the connection is lost.
    func takeInput() throws(PersistenceError) {
        guard self.consumeInput() else { throw self.refused() }
    }

    /// Takes what has come; the socket tells when more does.
    ///
    /// A TLS record has up to 16 KiB, and libpq makes room for 8 KiB at least: what is left of a record has left the socket
    /// already, so that nothing would tell of it.
    private func consumeInput() -> Bool {
        PQconsumeInput(self.pointer) == 1 && (!self.isEncrypted || PQconsumeInput(self.pointer) == 1)
    }

    /// A result, or the end of those of one statement.
    struct ArrivedResult {
        let value: LibpqResult?
    }

    /// The next result of what was sent, or `nil` if it is not there yet.
    ///
    /// - Throws: ``PersistenceError`` with `unavailable` when the connection is lost.
    func arrivedResult() throws(PersistenceError) -> ArrivedResult? {
        if PQisBusy(self.pointer) != 0 { return nil }
        let pointer = PQgetResult(self.pointer)
        guard self.isUsable, PQstatus(self.pointer) != CONNECTION_BAD else {
            PQclear(pointer)
            throw self.refused()
        }
        return ArrivedResult(value: pointer.map { LibpqResult(owning: $0) })
    }

    /// Whether nothing came while nothing was asked; a server that ended the connection shows here.
    func isSilent() -> Bool {
        for _ in 0..<64 {
            guard self.isUsable else { return false }
            guard SocketWait.isReadable(self.socket) else { return true }
            // What may come unasked: remarks and changed settings, which libpq takes; the server's last word; or the end.
            if PQconsumeInput(self.pointer) == 0 || PQstatus(self.pointer) == CONNECTION_BAD { self.isUsable = false }
            _ = PQisBusy(self.pointer)
        }
        // It talks without end.
        self.isUsable = false
        return false
    }

    /// Waits until something comes unasked, such as a notification.
    func waitForInput(deadline: ContinuousClock.Instant?) throws(PersistenceError) -> SocketWait.Outcome {
        let outcome = SocketWait.wait(for: self.socket, writing: false, wake: self.wake, deadline: deadline)
        if outcome == .ready, PQconsumeInput(self.pointer) == 0 {
            self.isUsable = false
            throw self.failure("the connection to the database was lost")
        }
        return outcome
    }

    /// The next notification that has come, or `nil`.
    func nextNotification() -> (channel: String, payload: String)? {
        guard let notification = PQnotifies(self.pointer) else { return nil }
        defer { PQfreemem(notification) }
        let channel = notification.pointee.relname.map { String(cString: $0) } ?? ""
        return (channel, notification.pointee.extra.map { String(cString: $0) } ?? "")
    }

    /// What is needed to ask the server, on another connection, to stop what this one does.
    func cancelRequest() -> CancelRequest? {
        PQgetCancel(self.pointer).map { CancelRequest(owning: $0) }
    }

    /// The whole state of transactions as libpq sees it: whether one is open.
    var isInTransaction: Bool {
        let status = PQtransactionStatus(self.pointer)
        return status == PQTRANS_INTRANS || status == PQTRANS_INERROR
    }

    static var interrupted: PersistenceError {
        PersistenceError(.cancelled, message: "the statement was interrupted")
    }

    /// libpq says why in words that may name hosts and users, but no password.
    private func failure(_ message: String) -> PersistenceError {
        let detail = PQerrorMessage(self.pointer).map { String(cString: $0) } ?? ""
        return PersistenceError(.unavailable, message: message, detail: detail.isEmpty ? nil : detail)
    }

    /// libpq did not take a command: the connection is lost, or memory is short.
    private func refused() -> PersistenceError {
        self.isUsable = false
        return self.failure("the connection to the database was lost")
    }
}
