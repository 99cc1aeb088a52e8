import SQLLexing
import Testing

@Suite("README")
struct ReadmeTests {
    @Test("shows an example that does what it says")
    func runsExample() throws {
        let script = try SQLScript("WITH gone AS (DELETE FROM t RETURNING *) SELECT max(id) FROM gone", dialect: .postgresql)
        #expect(script.statements.count == 1)
        #expect(script.statements[0].leadingKeyword == "WITH")
        #expect(script.statements[0].statementKinds == ["DELETE", "SELECT"])
        #expect(script.statements[0].functions == ["max"])

        let error = #expect(throws: SQLError.self) {
            try SQLScript(#"SELECT 'a\'; DELETE FROM t --'"#, dialect: .postgresql)
        }
        #expect(error?.code == .ambiguous)
    }
}
