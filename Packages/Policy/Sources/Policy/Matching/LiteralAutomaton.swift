/// Finds in one pass over a text which of many literals it contains, letters of ASCII in lower case (Aho and Corasick, 1975).
struct LiteralAutomaton: Sendable {
    /// Bytes of all literals together, so that the table stays small.
    static let maximumBytes = 16_384

    /// Columns of the table by byte; 0 for bytes that stand in no literal.
    private let columns: [UInt8]
    private let width: Int
    /// The next state by state and column.
    private let next: [UInt16]
    /// The literals that end in a state, those of its suffixes included; most states have none.
    private let ends: [[UInt16]]

    /// - Parameter literals: Not empty ones, lower case, up to ``maximumBytes`` bytes together.
    init(_ literals: [[UInt8]]) {
        var columns = [UInt8](repeating: 0, count: 256)
        var width = 1
        for byte in literals.joined() where columns[Int(byte)] == 0 && width < 255 {
            columns[Int(byte)] = UInt8(width)
            width += 1
        }
        for letter in UInt8(ascii: "A")...UInt8(ascii: "Z") { columns[Int(letter)] = columns[Int(letter | 0x20)] }
        var next = [UInt16](repeating: 0, count: width)
        var ends: [[UInt16]] = [[]]
        for (number, literal) in literals.enumerated() {
            var state = 0
            for byte in literal {
                let cell = state * width + Int(columns[Int(byte)])
                if next[cell] == 0 {
                    next[cell] = UInt16(ends.count)
                    ends.append([])
                    next.append(contentsOf: repeatElement(0, count: width))
                }
                state = Int(next[cell])
            }
            ends[state].append(UInt16(number))
        }
        var failures = [Int](repeating: 0, count: ends.count)
        var queue = [0]
        var head = 0
        while head < queue.count {
            let state = queue[head]
            head += 1
            for column in 1..<max(width, 2) where column < width {
                let cell = state * width + column
                let fallback = state == 0 ? 0 : Int(next[failures[state] * width + column])
                if next[cell] == 0 {
                    next[cell] = UInt16(fallback)
                } else {
                    let child = Int(next[cell])
                    failures[child] = fallback
                    ends[child] += ends[fallback]
                    queue.append(child)
                }
            }
        }
        self.columns = columns
        self.width = width
        self.next = next
        self.ends = ends
    }

    /// Tells each literal that is found, maybe several times.
    func scan(_ text: String, _ found: (UInt16) -> Void) {
        text.withUTF8Bytes { bytes in
            self.columns.withUnsafeBufferPointer { columns in
                self.next.withUnsafeBufferPointer { next in
                    var state = 0
                    for byte in bytes {
                        let column = Int(columns[Int(byte)])
                        if column == 0 {
                            state = 0
                            continue
                        }
                        state = Int(next[state &* self.width &+ column])
                        if !self.ends[state].isEmpty { for number in self.ends[state] { found(number) } }
                    }
                }
            }
        }
    }
}
