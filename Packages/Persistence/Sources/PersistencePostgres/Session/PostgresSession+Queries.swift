import Persistence
import PersistenceDriver

extension PostgresSession {
    /// Sends a query that stands alone, unless more is to be done than to send it.
    ///
    /// - Returns: What was sent, whose answer ``read(_:)`` or ``await(_:)`` reads; `nil` if nothing was.
    /// - Throws: ``PersistenceError`` for a value that cannot be sent, and for a lost connection.
    func begin(_ sql: SQL) throws(PersistenceError) -> PendingQuery? {
        guard self.defaults == .reading, self.channel.isSettled, self.channel.connection.isUsable, self.statements.isTidy,
            sql.values.count <= Self.maximumValues, let statement = self.statements.findQuery(sql.shape)
        else { return nil }
        let parameters = try ParameterBuffer(sql.values)
        var group = CommandGroup()
        if self.channel.takeOwedEnd() { group.append(.synchronise) }
        group.append(.execute(statement, parameters))
        group.append(.synchronise)
        try group.send(on: self.channel.connection)
        return PendingQuery(statement: statement, place: group.commands.count - 2, reading: AnswerReading(of: group))
    }

    /// Reads what has come of an answer, without waiting.
    ///
    /// - Throws: ``PersistenceError`` when the connection is lost.
    func read(_ pending: inout PendingQuery) throws(PersistenceError) {
        try self.channel.connection.takeInput()
        while pending.reading.answer == nil, let result = try self.channel.connection.arrivedResult() {
            try pending.reading.take(result.value, on: self.channel.connection)
        }
    }

    /// Waits for the rest of an answer, and asks the server to stop if the borrower is cancelled.
    ///
    /// - Returns: `nil` if the query has to be run anew: the server had planned it for another schema, or the end of what came
    ///   before it failed.
    /// - Throws: ``PersistenceError`` with `unavailable`, `timedOut` or `cancelled` when there was none; the connection is lost
    ///   then. Also what the server said.
    func await(_ pending: PendingQuery) throws(PersistenceError) -> ResultRows? {
        switch try self.channel.awaitAnswer(pending.reading, since: pending.start) {
        case .success(let result):
            return pending.rows(of: result)
        case .failure(let failure, let place):
            if place < pending.place {
                self.channel.connection.markUnusable()
                return nil
            }
            if failure.isStalePlan {
                self.statements.forgetAll(isGone: failure.isUnknownStatement)
                return nil
            }
            if failure.mayBeStalePlan { self.statements.forget(pending.statement) }
            throw failure.error(isInterrupted: self.channel.isInterrupted)
        }
    }
}
