/// Reads the frames of a file in order, in parts, and goes on behind damage.
struct SpoolReader {
    /// What stands in a file.
    enum Item {
        case entry(JournalEntry, offset: Int, end: Int)
        /// A frame whose bytes were changed.
        case changed(offset: Int)
        /// Bytes that are no frame.
        case unreadable(offset: Int)
        /// The file ends within a frame, as after a crash while it was written.
        case torn(offset: Int)
    }

    private static let partBytes = 1 << 20

    private let file: LocalFile
    private let writer: String
    private let end: Int
    private var offset: Int
    /// Bytes of the file from `offset` on.
    private var buffer: ArraySlice<UInt8> = []

    /// Reads a file from one offset up to another.
    init(_ file: LocalFile, writer: String, from offset: Int, to end: Int) {
        self.file = file
        self.writer = writer
        self.offset = offset
        self.end = end
    }

    /// The next item, or nil at the end.
    mutating func next() throws(SystemFailure) -> Item? {
        while self.offset < self.end {
            try self.fill(SpoolFrame.headBytes)
            if self.buffer.isEmpty { return nil }
            switch SpoolFrame.read(self.buffer, writer: self.writer) {
            case .entry(let entry, let count):
                defer { self.skip(count) }
                return .entry(entry, offset: self.offset, end: self.offset + count)
            case .damaged(let count):
                defer { self.skip(count) }
                return .changed(offset: self.offset)
            case .incomplete(let count):
                if self.offset + count > self.end { return try self.passOver(isTorn: true) }
                try self.fill(count)
                // The file may have become shorter since.
                if self.buffer.count < count { return try self.passOver(isTorn: true) }
            case .foreign:
                return try self.passOver(isTorn: false)
            }
        }
        return nil
    }

    /// Goes to the next place where a whole frame begins; a beginning without any behind it is a torn end.
    private mutating func passOver(isTorn: Bool) throws(SystemFailure) -> Item {
        let start = self.offset
        self.skip(1)
        while self.offset < self.end {
            try self.fill(SpoolFrame.headBytes)
            guard let place = self.placeOfMagic() else {
                self.skip(max(self.buffer.count - 3, 1))
                continue
            }
            self.skip(place)
            switch SpoolFrame.read(self.buffer, writer: self.writer) {
            case .entry: return .unreadable(offset: start)
            case .incomplete(let count) where self.offset + count <= self.end:
                try self.fill(count)
                if case .entry = SpoolFrame.read(self.buffer, writer: self.writer) { return .unreadable(offset: start) }
                self.skip(1)
            default: self.skip(1)
            }
        }
        return isTorn ? .torn(offset: start) : .unreadable(offset: start)
    }

    private func placeOfMagic() -> Int? {
        var rest = self.buffer
        while let first = rest.firstIndex(of: SpoolFrame.magic[0]) {
            rest = rest[first...]
            if rest.starts(with: SpoolFrame.magic) { return first - self.buffer.startIndex }
            rest = rest.dropFirst()
        }
        return nil
    }

    private mutating func skip(_ count: Int) {
        self.offset += count
        self.buffer = self.buffer.dropFirst(count)
    }

    /// Has at least `count` bytes at hand, if the file has them.
    private mutating func fill(_ count: Int) throws(SystemFailure) {
        let wanted = min(count, self.end - self.offset)
        guard self.buffer.count < wanted else { return }
        let part = min(max(wanted, Self.partBytes), self.end - self.offset)
        self.buffer = try self.file.read(at: self.offset, count: part)[...]
    }
}
