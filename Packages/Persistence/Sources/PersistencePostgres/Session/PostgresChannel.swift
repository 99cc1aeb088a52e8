import CLibpq
import Persistence
import PersistenceDriver

/// Sends groups of commands and waits for their answers, with a deadline, and with an ear for the borrower's cancellation.
final class PostgresChannel {
    let connection: LibpqConnection
    private let surroundings: SessionSurroundings
    private var stop: StopRequest?
    /// What was sent, or is to be sent with the next group, and whose answer nobody has waited for yet.
    private var end = End.none

    private enum End {
        case none
        /// The implicit transaction of the last group is still open, which costs the server a snapshot and nothing else.
        case owed
        /// The end of an explicit transaction was sent.
        case sent(CommandGroup)
    }

    init(connection: LibpqConnection, surroundings: SessionSurroundings) {
        self.connection = connection
        self.surroundings = surroundings
    }

    var configuration: PostgresConfiguration { self.surroundings.configuration }

    var isInterrupted: Bool { self.surroundings.interruption.isRequested }

    /// Sends a group and returns what the server says to it.
    ///
    /// - Parameters:
    ///   - isInterruptible: Whether the borrower's cancellation makes the server stop.
    ///   - limit: How long the answer may take, if not as long as any.
    /// - Throws: ``PersistenceError`` with `unavailable`, `timedOut` or `cancelled` when there was no answer; the connection is
    ///   lost then.
    func exchange(
        _ group: CommandGroup, isInterruptible: Bool, limit: Duration? = nil
    ) throws(PersistenceError) -> CommandGroup.Answer {
        let deadline = (limit ?? self.surroundings.answerLimit).map { ContinuousClock.now + $0 }
        try group.send(on: self.connection)
        return try self.awaitAnswer(AnswerReading(of: group), deadline: deadline, isInterruptible: isInterruptible)
    }

    /// Waits for the rest of the answer to a group that was sent a while ago.
    func awaitAnswer(
        _ reading: AnswerReading, since start: ContinuousClock.Instant
    ) throws(PersistenceError) -> CommandGroup.Answer {
        let deadline = self.surroundings.answerLimit.map { start + $0 }
        return try self.awaitAnswer(reading, deadline: deadline, isInterruptible: true)
    }

    private func awaitAnswer(
        _ reading: AnswerReading, deadline: ContinuousClock.Instant?, isInterruptible: Bool
    ) throws(PersistenceError) -> CommandGroup.Answer {
        var reading = reading
        var patience = Patience(deadline: deadline, isInterruptible: isInterruptible)
        let answer = try reading.finish(on: self.connection) { () throws(PersistenceError) in try self.next(&patience) }
        if case .failure(let failure, _) = answer, failure.endsSession || failure.state.isEmpty {
            self.connection.markUnusable()
        }
        return answer
    }

    /// Leaves the implicit transaction of the last group open until the next group, or until ``settle()``.
    func oweEnd() {
        if self.connection.isUsable { self.end = .owed }
    }

    /// Whether the next group has to end an implicit transaction first; asking takes the duty over.
    func takeOwedEnd() -> Bool {
        guard case .owed = self.end else { return false }
        self.end = .none
        return true
    }

    /// Sends the end of a transaction, whose answer ``settle()`` waits for.
    func sendEnd(_ group: CommandGroup) {
        guard self.connection.isUsable else { return }
        do {
            try group.send(on: self.connection)
            self.connection.flush()
            self.end = .sent(group)
        } catch {
            // The connection is lost, and with it what should have ended.
            self.connection.markUnusable()
        }
    }

    /// Whether the next borrower can go on at once: nothing is to come but what the next group brings with it.
    var isSettled: Bool { if case .sent = self.end { false } else { self.stop == nil } }

    /// Waits for what is still to come, so that nothing is open and the next borrower finds silence; else gives the connection
    /// up.
    func settle() {
        switch self.end {
        case .none: break
        case .owed:
            var group = CommandGroup()
            group.append(.synchronise)
            self.sendEnd(group)
            self.awaitEnd(of: group)
        case .sent(let group): self.awaitEnd(of: group)
        }
        self.end = .none
        if let stop = self.stop {
            self.stop = nil
            // Until the server has passed the wish on, it could strike the next borrower.
            if self.connection.isUsable, !self.waits(forEndOf: stop) { self.connection.markUnusable() }
        }
        if self.connection.isUsable, self.connection.isInTransaction { self.connection.markUnusable() }
    }

    private func awaitEnd(of group: CommandGroup) {
        guard self.connection.isUsable else { return }
        var patience = Patience(deadline: .now + SessionSurroundings.endLimit, isInterruptible: false)
        do {
            _ = try group.readAnswer(on: self.connection) { () throws(PersistenceError) in try self.next(&patience) }
        } catch {
            // Whatever it was that did not end well ends with the connection.
            self.connection.markUnusable()
        }
    }

    private struct Patience {
        var deadline: ContinuousClock.Instant?
        let isInterruptible: Bool
        var hasAskedToStop = false
    }

    private func next(_ patience: inout Patience) throws(PersistenceError) -> LibpqResult? {
        while true {
            if patience.isInterruptible, !patience.hasAskedToStop, self.isInterrupted {
                patience.hasAskedToStop = true
                patience.deadline = .now + SessionSurroundings.stopLimit
                self.askToStop()
            }
            switch try self.connection.receive(deadline: patience.deadline) {
            case .result(let result): return result
            case .woken: continue
            case .timedOut:
                self.connection.markUnusable()
                if patience.hasAskedToStop { throw LibpqConnection.interrupted }
                // The server may still be at it; it shall not work for nobody.
                self.askToStop()
                throw PersistenceError(.timedOut, message: "the database server did not answer in time")
            }
        }
    }

    private func askToStop() {
        guard self.stop == nil, let request = self.connection.cancelRequest() else { return }
        let stop = StopRequest()
        let wake = self.surroundings.wake
        let isSent = self.surroundings.canceller.send(request) {
            stop.markOver()
            wake.send()
        }
        if isSent { self.stop = stop }
    }

    private func waits(forEndOf stop: StopRequest) -> Bool {
        let deadline = ContinuousClock.now + SessionSurroundings.stopLimit
        while !stop.isOver {
            let outcome = SocketWait.wait(
                for: -1, reading: false, writing: false, wake: self.surroundings.wake, deadline: deadline)
            if outcome == .timedOut { return stop.isOver }
        }
        return true
    }
}
