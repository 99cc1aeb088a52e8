/// All keywords of all rules in one automaton over case-folded bytes, with a dense table.
///
/// Algorithm: Aho and Corasick, "Efficient string matching: an aid to bibliographic search", CACM 18 (6), 1975, with all
/// failure links resolved into the table. Bytes that stand in no keyword share one class.
///
/// Unchecked `Sendable`: the memory is written in the initialiser only.
final class KeywordAutomaton: @unchecked Sendable {
    /// A keyword that ends in a state, and whom it concerns.
    struct Output {
        let target: Int
        let length: Int
    }

    /// The class of each byte.
    let classes: UnsafeMutablePointer<UInt8>
    /// Rows of one entry per class; an entry is the offset of the next row.
    let table: UnsafeMutablePointer<UInt32>
    /// The offset of the first row in whose state a keyword ends.
    let firstAccepting: UInt32
    let classCount: Int
    let stateCount: Int

    /// The keywords of all accepting states, state after state.
    let outputs: UnsafeMutablePointer<Output>
    private let outputCount: Int
    /// For each accepting state the range in `outputs`: bounds at its number and the next.
    private let outputBounds: UnsafeMutablePointer<Int>

    /// Builds the table in time that grows with the sum of the keywords.
    ///
    /// - Parameter keywords: Keywords of one byte or more with a number of the caller's choice.
    init(_ keywords: [(bytes: [UInt8], target: Int)]) {
        var classOf = [UInt8](repeating: 0, count: 256)
        var classCount = 1
        for byte in keywords.lazy.flatMap(\.bytes).map(ByteText.folded) where classOf[Int(byte)] == 0 {
            classOf[Int(byte)] = UInt8(truncatingIfNeeded: classCount)
            classCount += 1
        }
        for upper in UInt8(ascii: "A")...UInt8(ascii: "Z") { classOf[Int(upper)] = classOf[Int(upper | 0x20)] }

        var children: [[Int]] = [[Int](repeating: -1, count: classCount)]
        var own: [[Output]] = [[]]
        for keyword in keywords where !keyword.bytes.isEmpty {
            var state = 0
            for byte in keyword.bytes {
                let symbol = Int(classOf[Int(ByteText.folded(byte))])
                if children[state][symbol] < 0 {
                    children[state][symbol] = children.count
                    children.append([Int](repeating: -1, count: classCount))
                    own.append([])
                }
                state = children[state][symbol]
            }
            own[state].append(Output(target: keyword.target, length: keyword.bytes.count))
        }

        // Breadth first: the failure state of a state is always done before it, so its row can be read off.
        var order = [0]
        var failure = [Int](repeating: 0, count: children.count)
        var position = 0
        while position < order.count {
            let state = order[position]
            position += 1
            if state != 0 { own[state] += own[failure[state]] }
            for symbol in 0..<classCount {
                let child = children[state][symbol]
                let viaFailure = state == 0 ? 0 : children[failure[state]][symbol]
                if child < 0 {
                    children[state][symbol] = viaFailure
                } else {
                    failure[child] = viaFailure
                    order.append(child)
                }
            }
        }

        let sorted = order.filter { own[$0].isEmpty } + order.filter { !own[$0].isEmpty }
        var number = [Int](repeating: 0, count: children.count)
        for (index, state) in sorted.enumerated() { number[state] = index }
        self.classCount = classCount
        self.stateCount = sorted.count
        self.classes = .allocate(capacity: 256)
        self.classes.initialize(from: classOf, count: 256)
        self.table = .allocate(capacity: sorted.count * classCount)
        for (index, state) in sorted.enumerated() {
            for symbol in 0..<classCount {
                let next = number[children[state][symbol]] * classCount
                (self.table + index * classCount + symbol).initialize(to: UInt32(truncatingIfNeeded: next))
            }
        }
        let accepting = sorted.filter { !own[$0].isEmpty }
        self.firstAccepting = UInt32(truncatingIfNeeded: (sorted.count - accepting.count) * classCount)
        let outputs = accepting.flatMap { own[$0] }
        self.outputCount = outputs.count
        self.outputs = .allocate(capacity: max(outputs.count, 1))
        self.outputs.initialize(from: outputs, count: outputs.count)
        let bounds = accepting.reduce(into: [0]) { bounds, state in bounds.append((bounds.last ?? 0) + own[state].count) }
        self.outputBounds = .allocate(capacity: bounds.count)
        self.outputBounds.initialize(from: bounds, count: bounds.count)
    }

    deinit {
        self.classes.deallocate()
        self.table.deallocate()
        self.outputs.deallocate()
        self.outputBounds.deallocate()
    }

    /// An automaton that only tells whether any of some words occurs.
    convenience init(words: [String]) {
        self.init(words.map { (Array($0.utf8), 0) })
    }

    /// Whether any keyword occurs in a range, in either case.
    func occurs(_ text: ByteText, in range: Range<Int>) -> Bool {
        var row: UInt32 = 0
        for offset in range {
            row = self.table[Int(row) &+ Int(self.classes[Int(text[offset])])]
            if row >= self.firstAccepting { return true }
        }
        return false
    }

    /// Where the last of the keywords in a range begins, in either case; `nil` without any.
    func lastStart(_ text: ByteText, in range: Range<Int>) -> Int? {
        var row: UInt32 = 0
        var start: Int?
        for offset in range {
            row = self.table[Int(row) &+ Int(self.classes[Int(text[offset])])]
            // The shortest of several that end here comes last.
            if row >= self.firstAccepting, let shortest = self.outputRange(of: row).last {
                start = max(start ?? 0, offset &+ 1 &- self.outputs[shortest].length)
            }
        }
        return start
    }

    /// Which of `outputs` belong to an accepting state, given by the offset of its row.
    @inline(__always) func outputRange(of row: UInt32) -> Range<Int> {
        let index = Int(row &- self.firstAccepting) / self.classCount
        return self.outputBounds[index]..<self.outputBounds[index &+ 1]
    }
}
