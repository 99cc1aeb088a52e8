import PersistenceSQLite
import TestKit

// Reads and writes against the tools of the databases themselves, in rounds in which both sides take turns.

// An argument, reads or inserts, limits it to one of the two.

let rounds = 5
let wanted = CommandLine.arguments.dropFirst().first

if wanted != "inserts" {
    try await withPostgresServer { server in
        let reads = PostgresReads(server: server, database: try await server.createDatabase(), seconds: 3)
        try await reads.prepare()
        print("\nOne row by primary key: through the pool, and pgbench -S -M prepared with as many clients (target 0.6)\n")
        print(Comparison.heading)
        for clients in [1, 4, 10, 32] {
            var (queries, bodies) = (Comparison(), Comparison())
            for _ in 0..<rounds {
                let theirs = try await reads.theirs(clients: clients)
                queries.add(ours: try await reads.ours(.query, clients: clients), theirs: theirs)
                bodies.add(ours: try await reads.ours(.body, clients: clients), theirs: theirs)
            }
            print(queries.row("\(clients) clients, queryOne"))
            print(bodies.row("\(clients) clients, a body for read"))
        }
    }
}

if wanted != "reads" {
    print("\nInserts, a transaction each: SQLiteDatabase.transaction, and the sqlite3 tool with the same pragmas (target 0.7)\n")
    print(Comparison.heading)
    for (synchronous, count) in [(SQLiteConfiguration.Synchronous.full, 3_000), (.normal, 30_000)] {
        var comparison = Comparison()
        for _ in 0..<rounds {
            let inserts = SQLiteInserts(count: count)
            comparison.add(
                ours: try await inserts.ours(synchronous: synchronous), theirs: try await inserts.theirs(synchronous: synchronous)
            )
        }
        print(comparison.row("synchronous \(synchronous.rawValue)"))
    }
}
