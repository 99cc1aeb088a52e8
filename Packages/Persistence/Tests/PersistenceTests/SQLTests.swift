import Persistence
import Testing

@Suite("SQL")
struct SQLTests {
    private let email = "x'; DROP TABLE users; --"

    @Test("binds interpolated values in both dialects")
    func binds() {
        let name: String? = nil
        let sql: SQL = "UPDATE users SET name = \(name), age = \(7) WHERE email = \(email) AND ok = \(true)"
        #expect(sql.text(for: .sqlite) == "UPDATE users SET name = ?, age = ? WHERE email = ? AND ok = ?")
        #expect(sql.text(for: .postgres) == "UPDATE users SET name = $1, age = $2 WHERE email = $3 AND ok = $4")
        #expect(sql.values == [.null, .integer(7), .text(email), .boolean(true)])
        #expect(!sql.description.contains("DROP"))
    }

    @Test("keeps placeholders in their places when parts are joined")
    func joins() {
        let conditions: [SQL] = ["a = \(1)", "ü ? \(raw: "IS") \(2)", "c = \(3)"]
        let sql: SQL = "SELECT 1 WHERE \(conditions.joined(separator: " AND "))" + " LIMIT \(4)"
        #expect(sql.text(for: .postgres) == "SELECT 1 WHERE a = $1 AND ü ? IS $2 AND c = $3 LIMIT $4")
        #expect(sql.values == [.integer(1), .integer(2), .integer(3), .integer(4)])
    }

    @Test("quotes identifiers", arguments: [("a", "\"a\""), ("a\"b", "\"a\"\"b\""), ("\"", "\"\"\"\""), ("", "\"\"")])
    func identifiers(_ name: String, _ quoted: String) {
        let sql: SQL = "\(identifier: name)"
        #expect(sql.text(for: .sqlite) == quoted)
        #expect(sql.values.isEmpty)
    }

    @Test("binds lists, JSON and enumerations")
    func others() {
        enum Colour: String, SQLValueConvertible { case red }
        let sql: SQL = "\(list: [1, 2]) \(list: [Int]()) \(json: "{}") \(json: nil) \(Colour.red)"
        #expect(sql.text(for: .sqlite) == "(?, ?) (NULL) ? ? ?")
        #expect(sql.values == [.integer(1), .integer(2), .json("{}"), .null, .text("red")])
    }
}
