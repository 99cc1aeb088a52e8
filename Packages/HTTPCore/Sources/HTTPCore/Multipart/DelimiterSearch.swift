/// Finds CR LF, two hyphens and a boundary in bytes that come in pieces.
///
/// Algorithm: Horspool. It jumps by the length of the delimiter over most data, and hostile data cannot make it slow: only the first byte
/// of a delimiter is a CR, so partial matches never overlap and the time is linear in the length of the data.
struct DelimiterSearch {
    enum Outcome: Equatable {
        /// The delimiter begins here.
        case found(Int)
        /// It is not there; bytes before this index belong to none, those from it on may be the beginning of one.
        case absent(safeEnd: Int)
    }

    let delimiter: [UInt8]
    private let jumps: [Int]

    /// - Parameter boundary: 1 to 70 bytes without CR.
    init(boundary: [UInt8]) {
        let delimiter = Array("\r\n--".utf8) + boundary
        var jumps = [Int](repeating: delimiter.count, count: 256)
        for (index, byte) in delimiter.dropLast().enumerated() { jumps[Int(byte)] = delimiter.count - 1 - index }
        self.delimiter = delimiter
        self.jumps = jumps
    }

    func callAsFunction(_ bytes: [UInt8], from start: Int) -> Outcome {
        var index = start
        while index + self.delimiter.count <= bytes.count {
            if self.matches(bytes, at: index) == self.delimiter.count { return .found(index) }
            index += self.jumps[Int(bytes[index + self.delimiter.count - 1])]
        }
        while index < bytes.count, index + self.matches(bytes, at: index) < bytes.count { index += 1 }
        return .absent(safeEnd: index)
    }

    /// How many bytes from here on are those of the delimiter, at most all of it.
    func matches(_ bytes: [UInt8], at start: Int) -> Int {
        var count = 0
        while count < self.delimiter.count, start + count < bytes.count, bytes[start + count] == self.delimiter[count] {
            count += 1
        }
        return count
    }
}
