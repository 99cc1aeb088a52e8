import Persistence

/// Runs a printed script statement by statement; a transaction of the script becomes one of the database's.
enum Shell {
    static func run(_ script: String, on database: any Database) async throws {
        let statements = script.split(separator: "\n").filter { !$0.hasPrefix("--") }.joined(separator: "\n")
            .split(separator: ";").map { $0.drop { $0.isWhitespace } }.filter { !$0.isEmpty }
        var group: [SQL] = []
        for statement in statements {
            switch statement {
            case "BEGIN": group = []
            case "COMMIT":
                let ready = group
                try await database.transaction { connection in
                    for statement in ready { try connection.execute(statement) }
                }
                group = []
            default: group.append(SQL(unchecked: String(statement)))
            }
            if statements.first == statement {
                try await database.write { try $0.execute(SQL(unchecked: String(statement))) }
                group = []
            }
        }
    }
}
