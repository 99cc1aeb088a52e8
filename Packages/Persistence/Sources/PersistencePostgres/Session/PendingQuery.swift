import CLibpq
import Persistence

/// A query that was sent by itself, and how far its answer was read.
struct PendingQuery {
    let start = ContinuousClock.now
    let statement: PreparedStatement
    /// Where it stands in what was sent.
    let place: Int
    var reading: AnswerReading

    init(statement: PreparedStatement, place: Int, reading: AnswerReading) {
        self.statement = statement
        self.place = place
        self.reading = reading
    }

    /// The rows of its result; `nil` if the statement was empty.
    func rows(of result: LibpqResult?) -> ResultRows? {
        guard let result, result.status != PGRES_EMPTY_QUERY else { return nil }
        return ResultRows(result, of: self.statement)
    }
}
