import Migrations

/// Chains with statements for both dialects.
enum Chains {
    static func revision(
        _ id: String, _ parent: String?, dependsOn: [Revision.Key] = [], up: [StaticString], down: [StaticString] = []
    ) -> Revision {
        let script = Revision.Script(up: up, down: down)
        return Revision(id, parent: parent, title: "step", dependsOn: dependsOn, sqlite: script, postgres: script)
    }

    static let notes1 = revision(
        "n1", nil,
        up: [
            """
            CREATE TABLE notes (
                id INTEGER NOT NULL, body VARCHAR(100) NOT NULL DEFAULT 'x',
                CONSTRAINT pk_notes PRIMARY KEY (id), CONSTRAINT uq_notes_body UNIQUE (body)
            )
            """
        ],
        down: ["DROP TABLE notes"])

    static let notes2 = revision(
        "n2", "n1",
        up: ["ALTER TABLE notes ADD COLUMN author TEXT", "CREATE INDEX ix_notes_author ON notes (author)"],
        down: ["DROP INDEX ix_notes_author", "ALTER TABLE notes DROP COLUMN author"])

    static let notes3 = revision(
        "n3", "n2",
        up: [
            """
            CREATE TABLE drafts (
                id INTEGER NOT NULL, note_id INTEGER,
                CONSTRAINT pk_drafts PRIMARY KEY (id),
                CONSTRAINT fk_drafts_note_id_notes FOREIGN KEY (note_id) REFERENCES notes (id)
            )
            """
        ],
        down: ["DROP TABLE drafts"])

    static let labels1 = revision(
        "l1", nil, dependsOn: [Revision.Key(chain: "notes", revision: "n2")],
        up: ["CREATE TABLE labels (id INTEGER NOT NULL, note_id INTEGER REFERENCES notes (id))"], down: ["DROP TABLE labels"])

    static func notes(_ revisions: [Revision] = [notes1, notes2, notes3]) throws -> RevisionChain {
        try RevisionChain(name: "notes", revisions: revisions)
    }

    static func labels() throws -> RevisionChain {
        try RevisionChain(name: "labels", revisions: [self.labels1])
    }

    static func keys(_ texts: String...) -> [Revision.Key] {
        texts.map { Revision.Key(chain: $0.hasPrefix("n") ? "notes" : "labels", revision: $0) }
    }
}
