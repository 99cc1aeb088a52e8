import GRDBSQLite
import Persistence
import PersistenceDriver

/// A compiled statement, which is stepped directly: going through GRDB's rows would cost more than SQLite's own work.
final class PreparedStatement {
    let pointer: OpaquePointer

    /// Whether it leaves the data alone.
    let isReadOnly: Bool

    /// Whether SQLite's count of changed rows speaks of it.
    let changesRows: Bool

    private let parameterCount: Int
    private var columns: Row.Columns?
    private var recompilations: Int32 = 0

    init(text: String, handle: OpaquePointer, isControl: Bool) throws(PersistenceError) {
        let word = StatementText.firstWord(of: text)
        if !isControl, StatementText.controlsTransactions(word) {
            throw PersistenceError(
                .invalidStatement, message: "transactions are begun and ended by Database.transaction, not by statements")
        }
        self.pointer = try Self.compile(text, handle: handle)
        self.isReadOnly = sqlite3_stmt_readonly(self.pointer) != 0
        self.changesRows = !self.isReadOnly && StatementText.changesRows(word)
        self.parameterCount = Int(sqlite3_bind_parameter_count(self.pointer))
    }

    deinit {
        sqlite3_finalize(self.pointer)
    }

    private static func compile(_ text: String, handle: OpaquePointer) throws(PersistenceError) -> OpaquePointer {
        guard !text.utf8.contains(0) else {
            throw PersistenceError(.unencodable, message: "a statement contains NUL")
        }
        var text = text
        let outcome = text.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) { bytes -> Result<OpaquePointer, PersistenceError> in
                var pointer: OpaquePointer?
                var tail: UnsafePointer<CChar>?
                let length = CInt(clamping: bytes.count)
                let code = sqlite3_prepare_v3(
                    handle, bytes.baseAddress, length, CUnsignedInt(SQLITE_PREPARE_PERSISTENT), &pointer, &tail)
                guard code == SQLITE_OK else { return .failure(SQLiteFailure(handle: handle).error) }
                guard let pointer, let tail, let start = bytes.baseAddress else {
                    return .failure(PersistenceError(.invalidStatement, message: "a statement is empty"))
                }
                if Self.isBlank(tail, length: length - CInt(clamping: tail - start), handle: handle) { return .success(pointer) }
                sqlite3_finalize(pointer)
                return .failure(PersistenceError(.invalidStatement, message: "only one statement can be run at a time"))
            }
        }
        return try outcome.get()
    }

    /// Whether nothing but blanks and comments is left, which SQLite compiles to no statement.
    private static func isBlank(_ text: UnsafePointer<CChar>, length: CInt, handle: OpaquePointer) -> Bool {
        if length <= 0 { return true }
        var pointer: OpaquePointer?
        let code = sqlite3_prepare_v2(handle, text, length, &pointer, nil)
        sqlite3_finalize(pointer)
        return code == SQLITE_OK && pointer == nil
    }

    /// Makes it ready for its next use and forgets the values.
    func reset() {
        sqlite3_reset(self.pointer)
        if self.parameterCount > 0 { sqlite3_clear_bindings(self.pointer) }
    }

    /// Binds all values; after an error the caller resets.
    func bind(_ values: [SQLValue], handle: OpaquePointer) throws(PersistenceError) {
        guard values.count == self.parameterCount else {
            throw PersistenceError(
                .invalidStatement, message: "a statement has \(self.parameterCount) parameters and \(values.count) values")
        }
        var index: CInt = 0
        for value in values {
            index += 1
            try value.checkStorable()
            let code: CInt
            switch value {
            case .null: code = sqlite3_bind_null(self.pointer, index)
            case .integer(let number): code = sqlite3_bind_int64(self.pointer, index, number)
            case .double(let number): code = sqlite3_bind_double(self.pointer, index, number)
            case .boolean(let flag): code = sqlite3_bind_int64(self.pointer, index, flag ? 1 : 0)
            case .text(let text), .json(let text): code = self.bind(text, at: index)
            case .uuid(let uuid): code = self.bind(uuid.sqlText, at: index)
            case .timestamp(let timestamp): code = self.bind(timestamp.rfc3339, at: index)
            case .blob(let bytes): code = self.bind(bytes, at: index)
            case .array: throw PersistenceError(.unencodable, message: "SQLite stores no arrays")
            }
            guard code == SQLITE_OK else { throw SQLiteFailure(handle: handle).error }
        }
    }

    private func bind(_ text: String, at index: CInt) -> CInt {
        var text = text
        return text.withUTF8 { bytes -> CInt in
            guard let start = bytes.baseAddress else { return sqlite3_bind_text(self.pointer, index, "", 0, nil) }
            return start.withMemoryRebound(to: CChar.self, capacity: bytes.count) { start in
                sqlite3_bind_text64(
                    self.pointer, index, start, sqlite3_uint64(bytes.count), Self.copied, UInt8(SQLITE_UTF8))
            }
        }
    }

    private func bind(_ bytes: [UInt8], at index: CInt) -> CInt {
        bytes.withUnsafeBytes { bytes in
            guard let start = bytes.baseAddress else { return sqlite3_bind_zeroblob(self.pointer, index, 0) }
            return sqlite3_bind_blob64(self.pointer, index, start, sqlite3_uint64(bytes.count), Self.copied)
        }
    }

    /// SQLITE_TRANSIENT, a macro that Swift does not see: SQLite copies what is bound.
    nonisolated(unsafe) private static let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

    /// The row at which the statement stands.
    func row() throws(PersistenceError) -> Row {
        let columns = self.currentColumns()
        var values: [SQLValue] = []
        values.reserveCapacity(columns.names.count)
        for index in 0..<CInt(clamping: columns.names.count) {
            values.append(try self.value(at: index))
        }
        return Row(columns: columns, values: values)
    }

    /// The names of the columns, taken anew when SQLite recompiled the statement because the schema had changed.
    private func currentColumns() -> Row.Columns {
        let recompilations = sqlite3_stmt_status(self.pointer, SQLITE_STMTSTATUS_REPREPARE, 0)
        if let columns, recompilations == self.recompilations { return columns }
        let names = (0..<sqlite3_column_count(self.pointer)).map { index in
            sqlite3_column_name(self.pointer, index).map { String(cString: $0) } ?? ""
        }
        let columns = Row.Columns(names: names)
        self.columns = columns
        self.recompilations = recompilations
        return columns
    }

    private func value(at index: CInt) throws(PersistenceError) -> SQLValue {
        switch sqlite3_column_type(self.pointer, index) {
        case SQLITE_INTEGER: return .integer(sqlite3_column_int64(self.pointer, index))
        case SQLITE_FLOAT: return .double(sqlite3_column_double(self.pointer, index))
        case SQLITE_TEXT:
            let start = sqlite3_column_text(self.pointer, index)
            let bytes = UnsafeBufferPointer(start: start, count: Int(sqlite3_column_bytes(self.pointer, index)))
            guard let text = String(validating: bytes, as: UTF8.self) else {
                throw PersistenceError(.decoding, message: "column \(index + 1) holds text that is not UTF-8")
            }
            return .text(text)
        case SQLITE_BLOB:
            let start = sqlite3_column_blob(self.pointer, index)
            return .blob(Array(UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(self.pointer, index)))))
        default: return .null
        }
    }
}
