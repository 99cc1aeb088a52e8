import CLibpq
import Persistence

/// How far the answer to a group of commands was read; its results may come one by one.
struct AnswerReading {
    private let commands: [CommandGroup.Command]
    private var index = 0
    private var failure: (PostgresFailure, at: Int)?
    private var last: LibpqResult?
    /// How often nothing came where a synchronisation point should.
    private var silences = 0

    init(of group: CommandGroup) {
        self.commands = group.commands
    }

    /// What the server said, once all of it was read.
    var answer: CommandGroup.Answer? {
        guard self.index >= self.commands.count else { return nil }
        if let (failure, index) = self.failure { return .failure(failure, at: index) }
        return .success(self.last)
    }

    /// Takes the next result, or `nil` for the end of those of one command.
    ///
    /// - Throws: ``PersistenceError`` with `invalidStatement` for a statement that copies, and `unavailable` for a server that
    ///   breaks the protocol; the connection is lost then.
    mutating func take(_ result: LibpqResult?, on connection: LibpqConnection) throws(PersistenceError) {
        guard self.commands.indices.contains(self.index) else { return }
        if case .synchronise = self.commands[self.index] {
            return try self.takeSynchronisation(result, on: connection)
        }
        guard let result else {
            self.index += 1
            return
        }
        switch result.status {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY: self.last = result
        case PGRES_PIPELINE_ABORTED: break
        case PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH:
            connection.markUnusable()
            throw PersistenceError(.invalidStatement, message: "COPY is not served")
        default: self.note(PostgresFailure(result))
        }
    }

    /// Reads the rest.
    ///
    /// - Throws: What `next` and ``take(_:on:)`` throw.
    mutating func finish(
        on connection: LibpqConnection, next: () throws(PersistenceError) -> LibpqResult?
    ) throws(PersistenceError) -> CommandGroup.Answer {
        do {
            while true {
                if let answer = self.answer { return answer }
                try self.take(next(), on: connection)
            }
        } catch {
            // The server's last word says more than the end of the connection that follows it.
            guard let (failure, index) = self.failure, failure.endsSession else { throw error }
            connection.markUnusable()
            return .failure(failure, at: index)
        }
    }

    private mutating func takeSynchronisation(_ result: LibpqResult?, on connection: LibpqConnection) throws(PersistenceError) {
        guard let result else {
            self.silences += 1
            guard self.silences < 3 else {
                connection.markUnusable()
                throw PersistenceError(.unavailable, message: "the database server broke the protocol")
            }
            return
        }
        if result.status == PGRES_PIPELINE_SYNC {
            self.silences = 0
            self.index += 1
        } else {
            self.note(PostgresFailure(result))
        }
    }

    private mutating func note(_ failure: PostgresFailure) {
        if self.failure == nil { self.failure = (failure, at: self.index) }
    }
}
