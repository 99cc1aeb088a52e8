/// Where each value and key of a text stands, in the order in which they begin: 12 bytes each.
///
/// The entries of a container are followed by those inside it: of an array, each element; of an object, key and value in turn.
struct SpanTable: Sendable {
    private struct Entry {
        let start: UInt32
        var end: UInt32
        /// The entry after this one and all inside it.
        var next: UInt32
    }

    private var entries: [Entry] = []

    /// Begins an entry at a byte offset that is known to fit 32 bits.
    mutating func begin(at start: Int) -> Int {
        self.entries.append(Entry(start: UInt32(truncatingIfNeeded: start), end: 0, next: 0))
        return self.entries.count - 1
    }

    /// Ends an entry, after all entries inside it have ended.
    mutating func end(_ entry: Int, at end: Int) {
        self.entries[entry].end = UInt32(truncatingIfNeeded: end)
        self.entries[entry].next = UInt32(truncatingIfNeeded: self.entries.count)
    }

    /// The byte range of an entry.
    func range(of entry: Int) -> Range<Int> {
        Int(self.entries[entry].start)..<Int(self.entries[entry].end)
    }

    /// The entry after this one and all inside it.
    func next(after entry: Int) -> Int {
        Int(self.entries[entry].next)
    }
}
