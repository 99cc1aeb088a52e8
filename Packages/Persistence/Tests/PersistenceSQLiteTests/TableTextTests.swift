import Testing

@testable import PersistenceSQLite

@Suite("Named constraints in CREATE TABLE texts")
struct TableTextTests {
    @Test("finds them whatever the style")
    func styles() {
        let text = #"""
            CREATE TABLE "odd, (name" ( -- CONSTRAINT no UNIQUE (a)
                a TEXT /* , CONSTRAINT neither UNIQUE (a) */ CONSTRAINT uq_a UNIQUE ON CONFLICT ABORT,
                [b c] VARCHAR(255) DEFAULT 'CONSTRAINT x UNIQUE (b), (' constraint "uq ""b""" unique,
                d DECIMAL(10, 2) CHECK (d IN (1, 2)) CONSTRAINT `nn` NOT NULL,
                constraint uq_a_d unique (a COLLATE NOCASE, "d" DESC),
                UNIQUE (a, d),
                CONSTRAINT ck CHECK (a <> ','),
                CONSTRAINT pk PRIMARY KEY (d)
            ) STRICT
            """#
        #expect(
            TableText(text).uniqueConstraints == [
                TableText.Constraint(name: "uq_a", columns: ["a"]),
                TableText.Constraint(name: "uq \"b\"", columns: ["b c"]),
                TableText.Constraint(name: "uq_a_d", columns: ["a", "d"]),
                TableText.Constraint(name: "pk", columns: ["d"]),
            ])
    }

    @Test(
        "survives texts that are cut off",
        arguments: [
            "", "CREATE TABLE t", "CREATE TABLE t (", "CREATE TABLE t (a CONSTRAINT", "CREATE TABLE t (CONSTRAINT x UNIQUE",
            "CREATE TABLE t (CONSTRAINT x UNIQUE (", "CREATE TABLE t ('", "CREATE TABLE t (\"a", ")))", "(/*", "(--", "([",
        ])
    func truncated(_ text: String) {
        #expect(TableText(text).uniqueConstraints.allSatisfy { $0.name == "x" })
    }
}
