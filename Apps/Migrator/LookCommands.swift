import ArgumentParser
import Migrations
import Persistence

struct Current: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Show the newest applied revision of every chain.")

    @OptionGroup var database: DatabaseOptions

    func run() async throws {
        try await MigrationSession.run(self.database) { migrator in
            for chain in try await migrator.current() {
                let current = chain.current?.description ?? "\(chain.chain):base"
                if chain.current == nil, chain.isAtHead {
                    print("\(current) (nothing applies here)")
                } else {
                    print(chain.isAtHead ? "\(current) (head)" : "\(current) (\(chain.pending.count) pending)")
                }
            }
        }
    }
}

struct History: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Show all revisions and when they were applied.")

    @OptionGroup var database: DatabaseOptions

    func run() async throws {
        try await MigrationSession.run(self.database) { migrator in
            for revision in try await migrator.history() {
                let state =
                    revision.appliedAt.map { "applied \($0.rfc3339)" } ?? (revision.isApplicable ? "pending" : "not applicable")
                print("\(revision.key)\(revision.isHead ? " (head)" : "")  \(state)  \(revision.title)")
            }
        }
    }
}

struct Check: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "End with status 1 and the list of what is missing unless the database is at head.")

    @OptionGroup var database: DatabaseOptions

    func run() async throws {
        try await MigrationSession.run(self.database) { migrator in
            let status = try await migrator.status()
            if status.isCurrent {
                print("at head")
                return
            }
            for key in status.pending { print("pending \(key)") }
            for chain in status.waitingForAdoption { print("waits for adoption \(chain)") }
            for table in status.unrecordedTables { print("without a record \(table)") }
            throw ExitCode(1)
        }
    }
}
