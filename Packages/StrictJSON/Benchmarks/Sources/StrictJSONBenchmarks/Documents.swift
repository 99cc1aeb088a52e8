import StrictJSON

/// The documents to measure with: a request dense with keys in three sizes, a request of mostly text, and some that each stress one
/// part of the parser.
enum Documents {
    static func all() -> [(name: String, bytes: [UInt8])] {
        [
            ("tool call", self.toolCall(rows: 1).compactBytes()),
            ("tool call", self.toolCall(rows: 22).compactBytes()),
            ("tool call", self.toolCall(rows: 350).compactBytes()),
            ("knowledge entry", self.knowledgeEntry.compactBytes()),
            ("spaced", self.toolCall(rows: 18).sortedBytes()),
            ("Cyrillic prose", self.prose.compactBytes()),
            ("floats", self.floats.compactBytes()),
            ("one wide object", self.wideObject.compactBytes()),
        ]
    }

    private static func toolCall(rows: Int) -> JSONValue {
        let rows = (0..<rows).map { (row: Int) -> JSONValue in
            [
                "id": .integer(1_000 + row), "path": "/data/reports/2026/quarter-\(row % 4)/summary.csv",
                "checked": .bool(row % 3 == 0),
                "weight": .float(Double(row) * 0.25),
                "note": .string(orNull: row % 5 == 0 ? "first line\nsecond \"quoted\" line" : nil),
                "owner": ["name": "analyst-\(row)", "team": "finance"],
            ]
        }
        let arguments: JSONValue = ["path": "/data/output/report.csv", "rows": .array(rows)]
        return [
            "caller_id": "agent-1", "environment": "dev",
            "tool_call": ["server": "filesystem", "tool": "fs.write", "arguments": arguments],
            "timestamp": "2026-11-20T21:52:36.972357+00:00",
        ]
    }

    private static let knowledgeEntry: JSONValue = [
        "title": "Connection pool exhausted under load", "agent_model": "assistant-5",
        "tags": ["postgresql", "pooling", "timeouts"],
        "context_text": .string(
            String(repeating: "The service stops answering once all connections are taken.\nSee the \"wait\" metric. ", count: 20)
        ),
        "solution_text": .string(
            String(repeating: "Set a deadline for taking a connection, and give it back on every path. ", count: 28)),
        "metadata_json": ["library": "asyncpg", "library_version": "0.29.0", "verified": true, "attempts": 3],
    ]

    private static let prose: JSONValue = [
        "title": "Настройка пула соединений",
        "body": .string(String(repeating: "Соединения возвращаются в пул, когда запрос завершён. ", count: 40)),
    ]

    private static let floats = JSONValue.array((0..<256).map { .float(1 / Double($0 + 3)) })

    private static let wideObject = JSONValue.object(JSONObject((0..<256).map { ("attribute-\($0)", .integer($0)) }))
}
