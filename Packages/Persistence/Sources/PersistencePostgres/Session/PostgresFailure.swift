import CLibpq
import Persistence

/// What the server said about a statement that failed (PostgreSQL manual, "PostgreSQL Error Codes").
struct PostgresFailure {
    /// Five characters, the first two of which are the class; empty when the connection ended without a word.
    let state: String

    /// Whether the server ended the connection with these words.
    let endsSession: Bool

    private let result: LibpqResult

    init(_ result: LibpqResult) {
        self.result = result
        self.state = result.errorField("C") ?? ""
        self.endsSession = ["FATAL", "PANIC"].contains(result.errorField("V") ?? "")
    }

    /// Whether a statement that was prepared some time ago no longer fits the schema, or is gone, so that preparing it anew
    /// may help.
    var isStalePlan: Bool {
        switch self.state {
        case "0A000": self.result.errorField("R") == "RevalidateCachedQuery"
        // The types of its values were settled when it was prepared, by columns that have other types now.
        case "42804", "42883": true
        default: self.isUnknownStatement
        }
    }

    /// Whether the types that were settled then may be to blame, or else the value itself.
    var mayBeStalePlan: Bool { self.isStalePlan || self.state == "22P02" }

    /// Whether a change was refused where nothing may be changed.
    var isReadOnly: Bool { self.state == "25006" }

    /// Whether the server has no statement of that name: something dropped all of them.
    var isUnknownStatement: Bool { self.state == "26000" }

    /// The portable error.
    ///
    /// - Parameter isInterrupted: Whether the borrower's task was cancelled, which the server calls by the same code as a
    ///   statement that took too long.
    func error(isInterrupted: Bool) -> PersistenceError {
        let (code, sentence) = self.kind(isInterrupted: isInterrupted)
        let words = [("primary", "M"), ("detail", "D"), ("hint", "H"), ("where", "W")].compactMap { name, field in
            self.result.errorField(Character(field)).map { name == "primary" ? $0 : "\(name): \($0)" }
        }
        let text =
            words.isEmpty
            ? PQresultErrorMessage(self.result.pointer).map { String(cString: $0) } ?? "" : words.joined(separator: "; ")
        return PersistenceError(
            code, message: sentence, constraint: self.constraint, detail: "PostgreSQL \(self.state): \(text)")
    }

    private var constraint: String? {
        if self.state == "23502" {
            let parts = [self.result.errorField("t"), self.result.errorField("c")].compactMap { $0 }
            return parts.isEmpty ? nil : parts.joined(separator: ".")
        }
        return self.state.hasPrefix("23") ? self.result.errorField("n") : nil
    }

    private func kind(isInterrupted: Bool) -> (PersistenceError.Code, String) {
        switch self.state {
        case "23505": (.uniqueViolation, "a row with the same key exists")
        case "23503", "23001": (.foreignKeyViolation, "a row refers to one that does not exist, or is referred to")
        case "23514", "23P01": (.checkViolation, "a value breaks a rule of its table")
        case "23502": (.notNullViolation, "a column without NULL has no value")
        case "P0001", "27000", "09000": (.rejectedByTrigger, "a trigger refused the change")
        case "40001", "40P01": (.serializationFailure, "another transaction came first")
        case "25P02": (.transactionFailed, "a statement of the transaction failed before")
        case "25006": (.readOnly, "the database may only be read here")
        case "25P03": (.timedOut, "a transaction was idle for longer than it may")
        case "57014":
            isInterrupted
                ? (.cancelled, "the statement was interrupted") : (.timedOut, "a statement took longer than it may")
        case "55P03": (.timedOut, "another session keeps what the statement needs locked")
        case "21000": (.invalidValue, "a statement found more rows than it may")
        case "22021", "22P05": (.unencodable, "the database cannot store a character of a text")
        case "0A000", "26000": (.invalidStatement, "a statement is not valid for this database")
        case "42501": (.other, "the database user lacks a privilege")
        case "42P01", "42703", "42883", "42704", "3F000": (.invalidStatement, "a statement names what does not exist")
        case "42P07", "42710", "42701", "42P06", "42723": (.invalidStatement, "something of the same name exists already")
        default: self.classKind
        }
    }

    private var classKind: (PersistenceError.Code, String) {
        switch self.state.prefix(2) {
        case "": (.unavailable, "the connection to the database was lost")
        case "08", "57", "58": (.unavailable, "the database server cannot answer now")
        case "53": (.unavailable, "the database server has no room left")
        case "28", "3D": (.unavailable, "the database server refused the login")
        case "22", "54": (.invalidValue, "a value is too long, out of range or of the wrong type")
        case "42", "3F", "2F": (.invalidStatement, "a statement is not valid for this database")
        case "25": (.invalidStatement, "a statement does not fit the state of its transaction")
        default: (.other, "the database reported an error")
        }
    }
}
