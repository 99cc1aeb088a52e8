import GRDBSQLite
import Persistence

/// What SQLite said about the call that just failed on a connection.
struct SQLiteFailure {
    /// Extended result codes, whose macros Swift does not see.
    private enum Extended {
        static let check: CInt = 275
        static let busySnapshot: CInt = 517
        static let foreignKey: CInt = 787
        static let notNull: CInt = 1299
        static let primaryKey: CInt = 1555
        static let trigger: CInt = 1811
        static let unique: CInt = 2067
        static let rowID: CInt = 2579
        static let dataType: CInt = 3091
    }

    /// The extended result code, as section "Extended Result Code List" of SQLite's manual has it.
    let code: CInt
    let message: String

    init(code: CInt, message: String) {
        self.code = code
        self.message = message
    }

    init(handle: OpaquePointer) {
        self.code = sqlite3_extended_errcode(handle)
        self.message = String(cString: sqlite3_errmsg(handle))
    }

    var isInterruption: Bool { self.code & 0xFF == SQLITE_INTERRUPT || self.code & 0xFF == SQLITE_BUSY }

    /// The portable error, without the name of a unique constraint.
    var error: PersistenceError { self.error(constraint: self.namedConstraint) }

    /// The portable error, with the name of the constraint looked up in the schema.
    func error(in session: SQLiteSession) -> PersistenceError {
        guard let columns = self.collidingColumns else { return self.error }
        return self.error(constraint: ConstraintLookup(session: session).name(of: columns) ?? self.namedConstraint)
    }

    private func error(constraint: String?) -> PersistenceError {
        let (code, sentence) = self.kind
        return PersistenceError(
            code, message: sentence, constraint: constraint, detail: "SQLite \(self.code): \(self.message)")
    }

    private var kind: (PersistenceError.Code, String) {
        switch self.code {
        case Extended.unique, Extended.primaryKey, Extended.rowID: (.uniqueViolation, "a row with the same key exists")
        case Extended.foreignKey: (.foreignKeyViolation, "a row refers to one that does not exist, or is referred to")
        case Extended.check: (.checkViolation, "a value breaks a rule of its table")
        case Extended.notNull: (.notNullViolation, "a column without NULL has no value")
        case Extended.trigger: (.rejectedByTrigger, "a trigger refused the change")
        case Extended.dataType: (.invalidValue, "a value has the wrong type for its column")
        case Extended.busySnapshot: (.serializationFailure, "another transaction came first")
        default: self.basicKind
        }
    }

    private var basicKind: (PersistenceError.Code, String) {
        switch self.code & 0xFF {
        case SQLITE_BUSY, SQLITE_LOCKED: (.timedOut, "another process keeps the database locked")
        case SQLITE_INTERRUPT: (.cancelled, "the statement was interrupted")
        case SQLITE_READONLY: (.readOnly, "the database may only be read here")
        case SQLITE_ERROR: (.invalidStatement, "a statement is not valid for this database")
        case SQLITE_TOOBIG, SQLITE_MISMATCH: (.invalidValue, "a value is too long or has the wrong type")
        case SQLITE_FULL: (.unavailable, "the disk of the database is full")
        case SQLITE_CORRUPT, SQLITE_NOTADB: (.unavailable, "the database file is damaged or no SQLite database")
        case SQLITE_IOERR, SQLITE_CANTOPEN, SQLITE_PERM, SQLITE_PROTOCOL, SQLITE_AUTH:
            (.unavailable, "the database file cannot be used")
        default: (.other, "the database reported an error")
        }
    }

    /// The name that the message itself gives: of a check, of a column without NULL, of a unique index over expressions.
    private var namedConstraint: String? {
        switch self.code {
        case Extended.check, Extended.notNull: return self.messageTail
        case Extended.unique:
            guard let tail = self.messageTail, tail.hasPrefix("index '"), tail.hasSuffix("'") else { return nil }
            return String(tail.dropFirst(7).dropLast())
        default: return nil
        }
    }

    /// The columns that the message of a unique violation names: `votes.trace_id, votes.voter_id`.
    private var collidingColumns: ConstraintLookup.Columns? {
        guard [Extended.unique, Extended.primaryKey, Extended.rowID].contains(self.code), let tail = self.messageTail else {
            return nil
        }
        return ConstraintLookup.Columns(qualifiedNames: tail)
    }

    private var messageTail: String? {
        let head = " constraint failed: "
        guard let range = self.message.firstRange(of: head) else { return nil }
        return String(self.message[range.upperBound...])
    }
}
