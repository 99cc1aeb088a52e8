import CLibpq
import Persistence

/// Commands that are sent together and answered in order.
///
/// What a synchronisation point ends is one unit: the server does all of it, or stops at the first failure and skips to
/// that point, where an implicit transaction is committed or undone. A group that ends with a flush leaves its implicit
/// transaction open.
struct CommandGroup {
    enum Command {
        case prepare(PreparedStatement)
        case execute(PreparedStatement, ParameterBuffer)
        case plain(String)
        case synchronise
    }

    enum Answer {
        /// All went well; the result is that of the last statement, if there is one.
        case success(LibpqResult?)
        /// The command at the index failed; that of a synchronisation point, if all before it went well and did not last.
        case failure(PostgresFailure, at: Int)
    }

    private(set) var commands: [Command] = []

    init() {
        self.commands.reserveCapacity(4)
    }

    /// A statement without values that stands alone.
    init(alone text: String) {
        self.commands = [.plain(text), .synchronise]
    }

    mutating func append(_ command: Command) {
        self.commands.append(command)
    }

    /// Whether the command at an index runs a statement that was prepared before this group.
    func runsOldStatement(at index: Int) -> Bool {
        guard self.commands.indices.contains(index), case .execute(let statement, _) = self.commands[index] else { return false }
        return !self.commands.contains { command in
            if case .prepare(let new) = command { new === statement } else { false }
        }
    }

    func send(on connection: LibpqConnection) throws(PersistenceError) {
        var endsInSync = false
        for command in self.commands {
            endsInSync = false
            switch command {
            case .prepare(let statement): try connection.sendPrepare(statement.name, text: statement.text)
            case .execute(let statement, let parameters): try connection.sendExecute(statement.name, parameters: parameters)
            case .plain(let text): try connection.send(text)
            case .synchronise:
                try connection.sendSync()
                endsInSync = true
            }
        }
        if !endsInSync { try connection.sendFlushRequest() }
    }

    /// Reads all answers.
    ///
    /// - Parameter next: The next result, or `nil` at the end of those of one command.
    /// - Throws: What `next` throws; ``PersistenceError`` with `invalidStatement` for a statement that copies.
    func readAnswer(
        on connection: LibpqConnection, next: () throws(PersistenceError) -> LibpqResult?
    ) throws(PersistenceError) -> Answer {
        var reading = AnswerReading(of: self)
        return try reading.finish(on: connection, next: next)
    }
}
