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

    /// Whether it changes what its session goes by, for longer than a transaction.
    let changesSession: Bool

    private var heading: (columns: Row.Columns, types: [Oid])?

    /// - Throws: ``PersistenceError`` for a statement with NUL, and one that begins or ends a transaction unless it is ours.
    init(_ sql: SQL, name: String, isControl: Bool) throws(PersistenceError) {
        self.name = name
        self.shape = sql.shape
        self.text = sql.text(for: .postgres)
        self.word = StatementText.firstWord(of: self.text)
        self.changesSession = StatementText.changesSession(self.text)
        guard !self.text.utf8.contains(0) else {
            throw PersistenceError(.unencodable, message: "a statement contains NUL")
        }
        if !isControl, StatementText.controlsTransactions(self.word) {
            throw PersistenceError(
                .invalidStatement, message: "transactions are begun and ended by Database.transaction, not by statements")
        }
    }

    /// Whether losing the connection before the answer leaves open if something was changed.
    var mayChangeData: Bool { !["SELECT", "VALUES", "TABLE", "SHOW", "EXPLAIN"].contains(self.word) }

    /// The rows of a result, at most the first one if no more are wanted.
    ///
    /// - Throws: ``PersistenceError`` with code `decoding` for a value that has no portable form.
    func rows(_ result: LibpqResult, firstOnly: Bool) throws(PersistenceError) -> [Row] {
        let total = PQntuples(result.pointer)
        if total == 0 { return [] }
        let (columns, types) = self.heading(of: result)
        var rows: [Row] = []
        let count = firstOnly ? 1 : total
        rows.reserveCapacity(Int(count))
        for index in 0..<count {
            var values: [SQLValue] = []
            values.reserveCapacity(types.count)
            for (column, type) in types.enumerated() {
                values.append(try Self.value(result, row: index, column: column, type: type, columns: columns))
            }
            rows.append(Row(columns: columns, values: values))
        }
        return rows
    }

    private static func value(
        _ result: LibpqResult, row: Int32, column: Int, type: Oid, columns: Row.Columns
    ) throws(PersistenceError) -> SQLValue {
        let place = Int32(clamping: column)
        if PQgetisnull(result.pointer, row, place) != 0 { return .null }
        let bytes = UnsafeRawBufferPointer(
            start: PQgetvalue(result.pointer, row, place), count: Int(PQgetlength(result.pointer, row, place)))
        guard let value = ValueDecoder.value(bytes[...], type: type) else {
            throw PersistenceError(
                .decoding, message: "column \(columns.names[column]) holds a value that has no portable form; cast it",
                detail: "the type has the OID \(type)")
        }
        return value
    }

    /// The names and types of the columns, which stay the same for as long as the statement is prepared.
    private func heading(of result: LibpqResult) -> (columns: Row.Columns, types: [Oid]) {
        if let heading { return heading }
        let indices = 0..<PQnfields(result.pointer)
        let names = indices.map { PQfname(result.pointer, $0).map { String(cString: $0) } ?? "" }
        let heading = (Row.Columns(names: names), indices.map { PQftype(result.pointer, $0) })
        self.heading = heading
        return heading
    }
}
