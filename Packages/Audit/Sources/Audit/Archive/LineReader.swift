/// Reads a file line by line, each with its line feed; the last one may be without.
struct LineReader {
    static let partBytes = 1 << 20
    /// Longer than any line of an export; what is longer comes in parts, which are no lines.
    private static let maximumLineBytes = 64 << 20

    private let file: LocalFile
    private var offset = 0
    private var buffer: [UInt8] = []
    private var place = 0

    init(_ file: LocalFile) {
        self.file = file
    }

    /// The next line, or nil at the end.
    mutating func next() throws(SystemFailure) -> [UInt8]? {
        var searched = self.place
        while true {
            if let end = self.buffer[searched...].firstIndex(of: UInt8(ascii: "\n")) {
                defer { self.place = end + 1 }
                return Array(self.buffer[self.place...end])
            }
            if self.buffer.count - self.place >= Self.maximumLineBytes { return self.takeRest() }
            self.buffer.removeFirst(self.place)
            self.place = 0
            searched = self.buffer.count
            let part = try self.file.read(at: self.offset, count: Self.partBytes)
            if part.isEmpty { return self.buffer.isEmpty ? nil : self.takeRest() }
            self.offset += part.count
            self.buffer.append(contentsOf: part)
        }
    }

    private mutating func takeRest() -> [UInt8] {
        defer {
            self.buffer = []
            self.place = 0
        }
        return Array(self.buffer[self.place...])
    }
}
