import CLibpq
import Persistence

/// The names and types of the columns of a statement's results.
struct ResultHeading: Sendable {
    let columns: Row.Columns
    let types: [Oid]

    init(of result: LibpqResult) {
        let indices = 0..<PQnfields(result.pointer)
        self.columns = Row.Columns(names: indices.map { PQfname(result.pointer, $0).map { String(cString: $0) } ?? "" })
        self.types = indices.map { PQftype(result.pointer, $0) }
    }
}

/// The rows of a result, which are read by whoever wants them, on any thread.
struct ResultRows: @unchecked Sendable {
    // A result never changes once it was received, and reading it takes no state.
    private let result: LibpqResult
    private let heading: ResultHeading

    init(_ result: LibpqResult, of statement: PreparedStatement) {
        self.result = result
        self.heading = statement.heading(of: result)
    }

    /// Reads the rows, at most the first one if no more are wanted.
    ///
    /// - Throws: ``PersistenceError`` with code `decoding` for a value that has no portable form.
    func rows(firstOnly: Bool) throws(PersistenceError) -> [Row] {
        let total = PQntuples(self.result.pointer)
        if total == 0 { return [] }
        var rows: [Row] = []
        let count = firstOnly ? 1 : total
        rows.reserveCapacity(Int(count))
        for index in 0..<count { rows.append(try self.row(index)) }
        return rows
    }

    private func row(_ index: Int32) throws(PersistenceError) -> Row {
        var values: [SQLValue] = []
        values.reserveCapacity(self.heading.types.count)
        for (column, type) in self.heading.types.enumerated() {
            values.append(try self.value(row: index, column: column, type: type))
        }
        return Row(columns: self.heading.columns, values: values)
    }

    private func value(row: Int32, column: Int, type: Oid) throws(PersistenceError) -> SQLValue {
        let place = Int32(clamping: column)
        if PQgetisnull(self.result.pointer, row, place) != 0 { return .null }
        let bytes = UnsafeRawBufferPointer(
            start: PQgetvalue(self.result.pointer, row, place), count: Int(PQgetlength(self.result.pointer, row, place)))
        guard let value = ValueDecoder.value(bytes[...], type: type) else {
            throw PersistenceError(
                .decoding,
                message: "column \(self.heading.columns.names[column]) holds a value that has no portable form; cast it",
                detail: "the type has the OID \(type)")
        }
        return value
    }
}
