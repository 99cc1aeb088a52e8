import ArgumentParser
import Migrations

struct Upgrade: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Apply what is missing.")

    @Argument(help: "head, REVISION or CHAIN:REVISION.")
    var target = "head"
    @Flag(name: .long, help: "Print the statements instead of running them.")
    var sql = false
    @OptionGroup var database: DatabaseOptions

    func run() async throws {
        let target = try MigrationSession.target(self.target)
        try await MigrationSession.run(self.database) { migrator in
            if self.sql {
                print(try await migrator.upgradeScript(to: target), terminator: "")
            } else if try await migrator.upgrade(to: target, progress: MigrationSession.report).isEmpty {
                print("nothing to do")
            }
        }
    }
}

struct Downgrade: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Undo revisions; what they made is dropped with its data."
    )

    // A step back, such as -1, looks like a flag that nobody knows.
    @Argument(parsing: .allUnrecognized, help: "base, -N, REVISION or CHAIN:REVISION.")
    var target: [String]
    @Flag(name: .long, help: "Print the statements instead of running them.")
    var sql = false
    @OptionGroup var database: DatabaseOptions

    func run() async throws {
        guard self.target.count == 1, let text = self.target.first else {
            throw ValidationError("downgrade takes one target: base, -N, REVISION or CHAIN:REVISION")
        }
        let target = try MigrationSession.target(text)
        try await MigrationSession.run(self.database) { migrator in
            if self.sql {
                print(try await migrator.downgradeScript(to: target), terminator: "")
            } else if try await migrator.downgrade(to: target, progress: MigrationSession.report).isEmpty {
                print("nothing to do")
            }
        }
    }
}

struct Stamp: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Record a state without running any statement, for a database that got its tables in another way.")

    @Argument(help: "head, base, REVISION or CHAIN:REVISION.")
    var target: String
    @OptionGroup var database: DatabaseOptions

    func run() async throws {
        let target = try MigrationSession.target(self.target)
        try await MigrationSession.run(self.database) { migrator in
            try await migrator.stamp(target)
            print("stamped \(self.target)")
        }
    }
}
