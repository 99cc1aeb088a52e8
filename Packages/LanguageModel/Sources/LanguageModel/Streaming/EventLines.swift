/// Takes server-sent events apart: bytes go in, the data of whole events comes out.
///
/// Lines end with CR LF, LF or CR; a blank line ends an event; lines of data of one event are joined by LF; comments and the fields
/// `event`, `id` and `retry` are skipped. Source: HTML Living Standard, section 9.2.6.
struct EventLines {
    private let lineByteLimit: Int
    private var line: [UInt8] = []
    private var data: [UInt8] = []
    private var hasData = false
    private var endedWithCR = false
    private var isFirstLine = true

    /// - Parameter lineByteLimit: Most bytes of a line, and of the data of an event.
    init(lineByteLimit: Int) {
        self.lineByteLimit = lineByteLimit
    }

    /// Takes in a byte.
    ///
    /// - Returns: The data of the event that it ends, if any. What has begun when the stream ends counts for nothing.
    /// - Throws: ``LanguageModelError`` with code `tooLarge`.
    mutating func feed(_ byte: UInt8) throws(LanguageModelError) -> [UInt8]? {
        let wasCR = self.endedWithCR
        self.endedWithCR = byte == UInt8(ascii: "\r")
        switch byte {
        case UInt8(ascii: "\n") where wasCR: return nil
        case UInt8(ascii: "\n"), UInt8(ascii: "\r"): return try self.endLine()
        default:
            guard self.line.count < self.lineByteLimit else { throw .tooLarge(self.lineByteLimit) }
            self.line.append(byte)
            return nil
        }
    }

    /// Takes in a whole line, and returns the data of the event that it ends, if any.
    private mutating func endLine() throws(LanguageModelError) -> [UInt8]? {
        defer {
            self.line.removeAll(keepingCapacity: true)
            self.isFirstLine = false
        }
        var line = self.line[...]
        if self.isFirstLine, line.starts(with: [0xEF, 0xBB, 0xBF]) { line = line.dropFirst(3) }
        guard !line.isEmpty else { return self.takeData() }
        let colon = line.firstIndex(of: UInt8(ascii: ":")) ?? line.endIndex
        guard line[..<colon].elementsEqual("data".utf8) else { return nil }
        var value = line[colon...].dropFirst()
        if value.first == UInt8(ascii: " ") { value = value.dropFirst() }
        // A line feed stands between the lines of data; a line is never longer than the limit.
        guard self.data.count + value.count < self.lineByteLimit else { throw .tooLarge(self.lineByteLimit) }
        if self.hasData { self.data.append(UInt8(ascii: "\n")) }
        self.data.append(contentsOf: value)
        self.hasData = true
        return nil
    }

    /// The data of the event that ends; nil when it had none.
    private mutating func takeData() -> [UInt8]? {
        defer {
            self.data.removeAll()
            self.hasData = false
        }
        return self.hasData ? self.data : nil
    }
}
