import CLibpq

/// One answer of the server's, freed with this object.
final class LibpqResult {
    let pointer: OpaquePointer

    init(owning pointer: OpaquePointer) {
        self.pointer = pointer
    }

    deinit {
        PQclear(self.pointer)
    }

    var status: ExecStatusType { PQresultStatus(self.pointer) }

    /// What the server did, such as `INSERT 0 2` or `COMMIT`.
    var commandTag: String { PQcmdStatus(self.pointer).map { String(cString: $0) } ?? "" }

    /// How many rows the statement changed, 0 for one that changes none.
    var changedRows: Int {
        // SELECT counts its rows too, and changes none.
        let tag = self.commandTag
        guard ["INSERT ", "UPDATE ", "DELETE ", "MERGE "].contains(where: tag.hasPrefix),
            let digits = PQcmdTuples(self.pointer)
        else { return 0 }
        return Int(String(cString: digits)) ?? 0
    }

    /// The first column of the first row as text; `nil` if there is no row, or NULL.
    var firstText: String? {
        guard PQntuples(self.pointer) > 0, PQnfields(self.pointer) > 0, PQgetisnull(self.pointer, 0, 0) == 0 else { return nil }
        let bytes = UnsafeRawBufferPointer(
            start: PQgetvalue(self.pointer, 0, 0), count: Int(PQgetlength(self.pointer, 0, 0)))
        return String(validating: bytes, as: UTF8.self)
    }

    /// A field of an error, such as `PG_DIAG_SQLSTATE`; `nil` if the server did not send it.
    func errorField(_ code: Character) -> String? {
        guard let ascii = code.asciiValue, let text = PQresultErrorField(self.pointer, Int32(ascii)) else { return nil }
        return String(cString: text)
    }
}
