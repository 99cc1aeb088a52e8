import CLibpq
import Persistence

/// A query that was sent by itself, and how far its answer was read.
struct PendingQuery {
    let start = ContinuousClock.now
    let statement: PreparedStatement
    var reading: AnswerReading

    init(statement: PreparedStatement, reading: AnswerReading) {
        self.statement = statement
        self.reading = reading
    }

    /// The rows of its result; `nil` if the statement was empty.
    func rows(of result: LibpqResult?) -> ResultRows? {
        guard let result, result.status != PGRES_EMPTY_QUERY else { return nil }
        return ResultRows(result, of: self.statement)
    }
}
