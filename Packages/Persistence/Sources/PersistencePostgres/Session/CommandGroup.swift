import CLibpq
import Persistence

/// Statements that are sent together and answered together, up to one synchronisation point.
struct CommandGroup {
    enum Command {
        case prepare(PreparedStatement)
        case execute(PreparedStatement, ParameterBuffer)
        case plain(String)
    }

    enum Answer {
        /// All went well; the result is that of the last command.
        case success(LibpqResult)
        /// The command at the index failed, or what all of them led to, if the index is that behind the last.
        case failure(PostgresFailure, at: Int)
    }

    private(set) var commands: [Command] = []

    mutating func append(_ command: Command) {
        self.commands.append(command)
    }

    func send(on connection: LibpqConnection) throws(PersistenceError) {
        for command in self.commands {
            switch command {
            case .prepare(let statement): try connection.sendPrepare(statement.name, text: statement.text)
            case .execute(let statement, let parameters): try connection.sendExecute(statement.name, parameters: parameters)
            case .plain(let text): try connection.send(text)
            }
        }
        try connection.sendSync()
    }

    /// Reads all answers.
    ///
    /// - Parameter next: The next result, or `nil` at the end of those of one command.
    /// - Throws: What `next` throws; ``PersistenceError`` with `invalidStatement` for a statement that copies.
    func readAnswer(
        on connection: LibpqConnection, next: () throws(PersistenceError) -> LibpqResult?
    ) throws(PersistenceError) -> Answer {
        var failure: (PostgresFailure, Int)?
        var last: LibpqResult?
        for index in self.commands.indices {
            while let result = try next() {
                switch result.status {
                case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY: last = result
                case PGRES_PIPELINE_ABORTED: break
                case PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH:
                    connection.markUnusable()
                    throw PersistenceError(.invalidStatement, message: "COPY is not served")
                default: if failure == nil { failure = (PostgresFailure(result), index) }
                }
            }
        }
        var silences = 0
        while silences < 3 {
            guard let result = try next() else {
                silences += 1
                continue
            }
            if result.status == PGRES_PIPELINE_SYNC {
                if let (failure, index) = failure { return .failure(failure, at: index) }
                if let last { return .success(last) }
                break
            }
            if failure == nil { failure = (PostgresFailure(result), self.commands.count) }
        }
        connection.markUnusable()
        throw PersistenceError(.unavailable, message: "the database server broke the protocol")
    }
}
