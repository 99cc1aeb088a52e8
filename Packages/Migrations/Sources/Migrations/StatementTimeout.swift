import Persistence

/// The limit that a PostgreSQL session sets to each statement, meant for requests and too short for some revisions.
enum StatementTimeout {
    /// Runs a body without the limit, which holds again afterwards.
    static func lifted<T>(
        inTransaction: Bool, on connection: any DatabaseConnection, _ body: () throws -> T
    ) throws -> T {
        guard connection.dialect == .postgres else { return try body() }
        if inTransaction {
            // The end of the transaction restores it.
            try connection.execute("SET LOCAL statement_timeout = 0")
            return try body()
        }
        let limit: String? = try connection.queryOne("SELECT current_setting('statement_timeout') AS value")?.decode("value")
        try connection.execute("SET statement_timeout = 0")
        let result = Result { try body() }
        // A connection that is broken by now is not lent again, so the limit need not return to it.
        _ = try? connection.query("SELECT set_config('statement_timeout', \(limit ?? "0"), false) AS value")
        return try result.get()
    }
}
