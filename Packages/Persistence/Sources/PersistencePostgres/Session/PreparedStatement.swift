import CLibpq
import Persistence
import PersistenceDriver

/// A statement that the server has parsed for one connection, under a name of ours.
final class PreparedStatement {
    let name: String
    let text: String

    /// Under which the connection remembers it.
    let shape: SQL.Shape

    /// The first word in upper case, from which can be told what kind of statement it is.
    let word: String

    /// Whether it is one of ours, which begin and end transactions.
    let isControl: Bool

    /// Whether it changes what its session goes by, for longer than a transaction.
    let changesSession: Bool

    private var heading: ResultHeading?

    /// - Throws: ``PersistenceError`` for a statement with NUL, and one that begins or ends a transaction unless it is ours.
    init(_ sql: SQL, name: String, isControl: Bool) throws(PersistenceError) {
        self.name = name
        self.isControl = isControl
        self.shape = sql.shape
        self.text = sql.text(for: .postgres)
        self.word = StatementText.firstWord(of: self.text)
        self.changesSession = StatementText.changesSession(self.text)
        guard !self.text.utf8.contains(0) else {
            throw PersistenceError(.unencodable, message: "a statement contains NUL")
        }
        if !isControl, StatementText.controlsTransactions(self.word) { throw Self.controlsTransactions }
    }

    static var controlsTransactions: PersistenceError {
        PersistenceError(
            .invalidStatement, message: "transactions are begun and ended by Database.transaction, not by statements")
    }

    /// Whether losing the connection before the answer leaves open if something was changed.
    var mayChangeData: Bool { !["SELECT", "VALUES", "TABLE", "SHOW", "EXPLAIN"].contains(self.word) }

    /// The names and types of the columns, which stay the same for as long as the statement is prepared.
    func heading(of result: LibpqResult) -> ResultHeading {
        if let heading { return heading }
        let heading = ResultHeading(of: result)
        self.heading = heading
        return heading
    }
}
