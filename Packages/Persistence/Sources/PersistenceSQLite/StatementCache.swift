import Persistence

/// Compiled statements by their text; the least recently used one makes room.
struct StatementCache {
    private let capacity: Int
    private var statements: [String: PreparedStatement] = [:]
    private var uses: UInt64 = 0

    init(capacity: Int) {
        self.capacity = capacity
    }

    mutating func statement(
        for text: String, handle: OpaquePointer, isControl: Bool
    ) throws(PersistenceError) -> PreparedStatement {
        self.uses &+= 1
        if let statement = self.statements[text] {
            statement.lastUse = self.uses
            return statement
        }
        let statement = try PreparedStatement(text: text, handle: handle, isControl: isControl)
        statement.lastUse = self.uses
        if self.statements.count >= self.capacity,
            let oldest = self.statements.min(by: { $0.value.lastUse < $1.value.lastUse })
        {
            self.statements[oldest.key] = nil
        }
        self.statements[text] = statement
        return statement
    }

    mutating func removeAll() {
        self.statements.removeAll()
    }
}
