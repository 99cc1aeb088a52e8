import GRDB
import struct Persistence.PersistenceError

extension PersistenceError {
    /// Wraps what went wrong while a file was opened.
    init(opening error: any Error, path: String) {
        guard let error = error as? DatabaseError else {
            self.init(.unavailable, message: "the database file cannot be opened", detail: path, cause: error)
            return
        }
        let failure = SQLiteFailure(code: error.extendedResultCode.rawValue, message: error.message ?? "").error
        let code: Code = failure.code == .timedOut ? .timedOut : .unavailable
        self.init(code, message: failure.message, detail: "\(path): \(failure.detail ?? "")", cause: error)
    }
}
