import StrictJSON
import Testing

@Suite("README")
struct ReadmeTests {
    @Test("shows an example that does what it says")
    func runsExample() throws {
        let body = Array(#"{"tool": "fs.read", "arguments": {"path": "/data/report.csv", "limit": 5.0}}"#.utf8)
        let document = try JSONDocument(parsing: body)

        #expect(document.value["tool"]?.stringValue == "fs.read")
        #expect(document.value["arguments"]?["limit"]?.int64Value == 5)
        #expect(document.root["arguments"]?["path"]?.span == 42..<60)
        #expect(document.value["arguments"]?.sortedBytes() == Array(#"{"limit": 5.0, "path": "/data/report.csv"}"#.utf8))

        let answer: JSONValue = ["decision": "ALLOW", "score": .float(0.5), "approver": .string(orNull: nil)]
        #expect(answer.compactBytes() == Array(#"{"decision":"ALLOW","score":0.5,"approver":null}"#.utf8))
    }
}
