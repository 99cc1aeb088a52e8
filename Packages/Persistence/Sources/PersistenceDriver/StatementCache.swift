/// Compiled statements of one connection by what they were compiled from; the least recently used one makes room.
package struct StatementCache<Key: Hashable, Statement> {
    private struct Entry {
        let statement: Statement
        var lastUse: UInt64
    }

    private let capacity: Int
    private var entries: [Key: Entry] = [:]
    private var uses: UInt64 = 0

    /// - Parameter capacity: How many statements are kept, 1 or more.
    package init(capacity: Int) {
        self.capacity = capacity
    }

    /// The statement of a key, which counts as a use of it.
    package mutating func find(_ key: Key) -> Statement? {
        self.uses &+= 1
        guard let index = self.entries.index(forKey: key) else { return nil }
        self.entries.values[index].lastUse = self.uses
        return self.entries.values[index].statement
    }

    /// Keeps a statement that the cache does not have.
    ///
    /// - Returns: The statement that had to make room.
    package mutating func insert(_ statement: Statement, for key: Key) -> Statement? {
        var evicted: Statement?
        if self.entries.count >= self.capacity,
            let oldest = self.entries.min(by: { $0.value.lastUse < $1.value.lastUse })
        {
            evicted = oldest.value.statement
            self.entries[oldest.key] = nil
        }
        self.entries[key] = Entry(statement: statement, lastUse: self.uses)
        return evicted
    }

    package mutating func remove(_ key: Key) {
        self.entries[key] = nil
    }

    /// All that is kept, in no order.
    package var statements: [Statement] { self.entries.values.map { $0.statement } }

    package mutating func removeAll() {
        self.entries.removeAll()
    }
}
