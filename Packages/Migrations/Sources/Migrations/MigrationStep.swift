import Persistence

/// One revision that is about to be applied or undone on one dialect.
struct MigrationStep: Sendable {
    enum Direction: Sendable {
        case up, down
    }

    let key: Revision.Key
    let revision: Revision
    let direction: Direction
    let checksum: String
    private let script: Revision.Script

    init(
        _ revision: Revision, of chain: String, direction: Direction, dialect: SQLDialect
    ) throws(MigrationError) {
        self.key = Revision.Key(chain: chain, revision: revision.id)
        guard let script = revision.script(for: dialect) else {
            throw MigrationError(.missingScript, message: "revision \(self.key) has no statements for \(dialect.rawValue)")
        }
        self.revision = revision
        self.direction = direction
        self.script = script
        self.checksum = RevisionChecksum.hexadecimal(of: revision, script: script)
    }

    var statements: [StaticString] {
        switch self.direction {
        case .up: self.script.up
        case .down: self.script.down
        }
    }
}
