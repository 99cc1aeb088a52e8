import CLibpq
import Persistence
import PersistenceDriver

/// Statements of bodies: each with all that has to go before it, and once more if the schema changed under it.
extension PostgresSession {
    func query(_ sql: SQL, firstOnly: Bool) throws(PersistenceError) -> [Row] {
        try self.transaction.noting { () throws(PersistenceError) in
            let (result, statement) = try self.perform(sql)
            return try ResultRows(result, of: statement).rows(firstOnly: firstOnly)
        }
    }

    /// The rows of a query, to be read by somebody else.
    func rows(of sql: SQL) throws(PersistenceError) -> ResultRows {
        try self.transaction.noting { () throws(PersistenceError) in
            let (result, statement) = try self.perform(sql)
            return ResultRows(result, of: statement)
        }
    }

    func execute(_ sql: SQL) throws(PersistenceError) -> Int {
        try self.transaction.noting { () throws(PersistenceError) in try self.perform(sql).result.changedRows }
    }

    func savepoint<T>(_ body: () throws -> T) throws -> T {
        let name = SQL(unchecked: try self.transaction.nextSavepoint())
        try self.control("SAVEPOINT \(name)")
        self.transaction.enter()
        do {
            let result = try body()
            try self.transaction.check()
            try self.control("RELEASE SAVEPOINT \(name)")
            self.transaction.leave()
            return result
        } catch {
            if self.channel.connection.isUsable {
                _ = try self.perform("ROLLBACK TO SAVEPOINT \(name)", isControl: true)
                _ = try self.perform("RELEASE SAVEPOINT \(name)", isControl: true)
                self.transaction.undo()
            }
            throw error
        }
    }

    private func control(_ sql: SQL) throws(PersistenceError) {
        try self.transaction.noting { () throws(PersistenceError) in _ = try self.perform(sql, isControl: true) }
    }

    private func perform(
        _ sql: SQL, isControl: Bool = false
    ) throws(PersistenceError) -> (result: LibpqResult, statement: PreparedStatement) {
        if self.channel.isInterrupted { throw LibpqConnection.interrupted }
        guard sql.values.count <= Self.maximumValues else {
            throw PersistenceError(.invalidStatement, message: "a statement takes at most \(Self.maximumValues) values")
        }
        let parameters = try ParameterBuffer(sql.values)
        let opening = self.opening
        let attempt = try self.attempt(sql, parameters: parameters, isControl: isControl)
        guard attempt.isStale else { return try self.outcome(of: attempt) }
        // The schema changed under the statement. Where nothing came before it, it is prepared and run once more.
        if self.transaction.isOpen {
            guard attempt.isFirst else {
                throw PersistenceError(.serializationFailure, message: "the schema was changed meanwhile")
            }
            if opening != nil {
                _ = try self.channel.exchange(CommandGroup(alone: "ROLLBACK"), isInterruptible: false)
                self.opening = opening
            } else {
                self.channel.oweEnd()
            }
            self.transaction.begin()
        }
        return try self.outcome(of: self.attempt(sql, parameters: parameters, isControl: isControl))
    }

    /// The protocol counts them in 16 bits.
    static let maximumValues = 65535

    private struct Attempt {
        let statement: PreparedStatement
        let answer: CommandGroup.Answer
        /// Whether a failure may come from a plan that was made for another schema.
        let isStale: Bool
        /// Whether nothing came before it in its transaction.
        let isFirst: Bool
        /// Whether the server had not yet begun to make things lasting when it failed.
        let failedEarly: Bool
    }

    /// Sends a statement with all that has to go before it.
    private func attempt(_ sql: SQL, parameters: ParameterBuffer, isControl: Bool) throws(PersistenceError) -> Attempt {
        guard self.channel.connection.isUsable else {
            throw PersistenceError(.unavailable, message: "the connection to the database was lost")
        }
        let isFirst = !self.transaction.hasBegun
        // First of all, for a statement that is refused here leaves the preliminaries to the next one.
        var tail = CommandGroup()
        if let opening = self.opening { _ = try self.statements.add(opening, isControl: true, to: &tail) }
        let statement = try self.statements.add(sql, isControl: isControl, parameters: parameters, to: &tail)
        if statement.changesSession { self.isAltered = true }
        var group = CommandGroup()
        if isFirst { try self.addPreliminaries(to: &group) }
        let preliminaryCount = group.commands.count
        for command in tail.commands { group.append(command) }
        let isImplicit = self.transaction.isOpen && !self.isExplicit
        if !isImplicit { group.append(.synchronise) }
        let answer: CommandGroup.Answer
        do {
            answer = try self.channel.exchange(group, isInterruptible: true)
        } catch {
            guard !self.transaction.isOpen, statement.mayChangeData, error.code != .invalidStatement else { throw error }
            throw Self.unknownOutcome(error)
        }
        self.opening = nil
        self.transaction.markBegun()
        switch answer {
        case .success:
            self.statements.keepPrepared(of: group, before: group.commands.count)
            return Attempt(statement: statement, answer: answer, isStale: false, isFirst: isFirst, failedEarly: false)
        case .failure(let failure, let index):
            self.statements.keepPrepared(of: group, before: index)
            // Where writing was refused, another connection may lead to a server that takes it, or find the freeze over.
            if failure.isReadOnly, self.isForWriting { self.isAltered = true }
            // What a session goes by is then unknown.
            if index < preliminaryCount { self.channel.connection.markUnusable() }
            let isOld = group.runsOldStatement(at: index)
            let isStale = isOld && failure.isStalePlan
            if isStale {
                self.statements.forgetAll(isGone: failure.isUnknownStatement)
            } else if isOld, failure.mayBeStalePlan {
                self.statements.forget(statement)
            }
            return Attempt(
                statement: statement, answer: answer, isStale: isStale, isFirst: isFirst,
                failedEarly: index < group.commands.count - 1)
        }
    }

    /// What is done before anything else of a body: the end of the body before, the statements that made room, and how
    /// statements without `BEGIN` run.
    private func addPreliminaries(to group: inout CommandGroup) throws(PersistenceError) {
        if self.channel.takeOwedEnd() { group.append(.synchronise) }
        for name in self.statements.takeEvicted() {
            group.append(.plain("DEALLOCATE \(name)"))
            group.append(.synchronise)
        }
        let wanted: Defaults? =
            switch self.mode {
            case .snapshot: .reading
            case .autocommit: self.isFrozen ? .reading : .writing
            case .transaction: nil
            }
        if let wanted, wanted != self.defaults {
            let change = wanted.statement
            _ = try self.statements.add(change, isControl: false, parameters: ParameterBuffer(change.values), to: &group)
            group.append(.synchronise)
            self.defaults = wanted
        }
    }

    private var isForWriting: Bool {
        if case .snapshot = self.mode { false } else { true }
    }

    private var isExplicit: Bool {
        if case .transaction = self.mode { true } else { false }
    }

    private func outcome(of attempt: Attempt) throws(PersistenceError) -> (result: LibpqResult, statement: PreparedStatement) {
        switch attempt.answer {
        case .success(let result):
            guard let result, result.status != PGRES_EMPTY_QUERY else {
                throw PersistenceError(.invalidStatement, message: "a statement is empty")
            }
            return (result, attempt.statement)
        case .failure(let failure, _):
            let error = failure.error(isInterrupted: self.channel.isInterrupted)
            if self.channel.connection.isUsable || self.transaction.isOpen || !attempt.statement.mayChangeData { throw error }
            // With its last word before the change was made, the server says that it was not.
            throw attempt.failedEarly && failure.endsSession ? error : Self.unknownOutcome(error)
        }
    }
}
