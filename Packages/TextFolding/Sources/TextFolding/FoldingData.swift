/// The generated tables, unpacked once, at the first text that needs them; a class, so that a pass holds one reference.
final class FoldingData: Sendable {
    static let shared = FoldingData()

    /// What is known of a character, in one word. The default stands for all that no table lists.
    struct Record: Sendable {
        private var bits: UInt32 = 0

        init() {}

        init(start: Int, count: Int) {
            self.bits =
                UInt32(truncatingIfNeeded: start & 0xFFFF) << 16 | UInt32(truncatingIfNeeded: count & 0x1F) << 11 | 1 << 10
        }

        /// Whether others stand for it, or none.
        var isMapped: Bool { self.bits & 1 << 10 != 0 }
        /// Where those that stand for it are.
        var expansion: Range<Int> { Int(self.bits >> 16)..<(Int(self.bits >> 16) + Int(self.bits >> 11 & 0x1F)) }
        /// The canonical combining class.
        var order: UInt8 {
            get { UInt8(truncatingIfNeeded: self.bits) }
            set { self.bits = self.bits & ~0xFF | UInt32(newValue) }
        }
        /// A mark on or around a letter.
        var isMark: Bool {
            get { self.bits & 1 << 8 != 0 }
            set { self.bits = newValue ? self.bits | 1 << 8 : self.bits & ~(1 << 8) }
        }
        /// Whether it can join the character before it.
        var isSecond: Bool {
            get { self.bits & 1 << 9 != 0 }
            set { self.bits = newValue ? self.bits | 1 << 9 : self.bits & ~(1 << 9) }
        }
    }

    /// For each 256 characters the number of their page; page 0 holds defaults.
    private let index: [UInt8]
    private let pages: [Record]
    let expansions: [UInt32]
    private let pairs: [UInt64: UInt32]

    private init() {
        var reader = TableReader()
        reader.read()
        self.index = reader.index
        self.pages = reader.pages
        self.expansions = reader.expansions
        self.pairs = reader.pairs
    }

    /// What is known of a character.
    func record(of code: UInt32) -> Record {
        let page = Int(code >> 8)
        guard page < self.index.count else { return Record() }
        return self.pages[Int(self.index[page]) << 8 | Int(code & 0xFF)]
    }

    /// The character that stands for two in a row, or nil; Hangul syllables are computed.
    func composed(_ first: UInt32, _ second: UInt32) -> UInt32? {
        if (0x1100..<0x1113).contains(first), (0x1161..<0x1176).contains(second) {
            return 0xAC00 + ((first - 0x1100) * 21 + second - 0x1161) * 28
        }
        if (0xAC00..<0xD7A4).contains(first), (first - 0xAC00) % 28 == 0, (0x11A8..<0x11C3).contains(second) {
            return first + second - 0x11A7
        }
        return self.pairs[UInt64(first) << 32 | UInt64(second)]
    }

}

/// Reads the texts of the generated tables.
private struct TableReader {
    var index = [UInt8](repeating: 0, count: 0x1100)
    var pages = [FoldingData.Record](repeating: FoldingData.Record(), count: 256)
    var expansions: [UInt32] = []
    var pairs: [UInt64: UInt32] = [:]

    mutating func read() {
        for word in Self.words(FoldingTable.mappings) { self.map(word) }
        for word in Self.words(FoldingTable.marks) { self.mark(word) }
        for word in Self.words(FoldingTable.pairs) { self.join(word) }
    }

    private mutating func map(_ word: Substring) {
        let parts = word.split(separator: ">", omittingEmptySubsequences: false)
        guard parts.count == 2, let range = Self.range(parts[0]) else { return }
        let codes = parts[1].split(separator: ",").compactMap { UInt32($0, radix: 16) }
        let record = FoldingData.Record(start: self.expansions.count, count: codes.count)
        self.expansions += codes
        // Mappings come first, so nothing is overwritten.
        for code in range { self.change(code) { $0 = record } }
    }

    private mutating func mark(_ word: Substring) {
        let parts = word.split(separator: ":")
        guard parts.count == 2, let range = Self.range(parts[0]) else { return }
        let isMark = parts[1].hasSuffix("m")
        let order = UInt8(parts[1].prefix { $0 != "m" }) ?? 0
        for code in range {
            self.change(code) {
                $0.order = order
                $0.isMark = isMark
            }
        }
    }

    private mutating func join(_ word: Substring) {
        let codes = word.split { $0 == "+" || $0 == "=" }.compactMap { UInt32($0, radix: 16) }
        guard codes.count == 3 else { return }
        self.pairs[UInt64(codes[0]) << 32 | UInt64(codes[1])] = codes[2]
        self.change(codes[1]) { $0.isSecond = true }
    }

    private mutating func change(_ code: UInt32, _ body: (inout FoldingData.Record) -> Void) {
        let page = Int(code >> 8)
        guard page < self.index.count else { return }
        if self.index[page] == 0 {
            // There are fewer than 256 pages; a table that had more would be seen by the tests.
            self.index[page] = UInt8(truncatingIfNeeded: self.pages.count >> 8)
            self.pages += [FoldingData.Record](repeating: FoldingData.Record(), count: 256)
        }
        body(&self.pages[Int(self.index[page]) << 8 | Int(code & 0xFF)])
    }

    private static func words(_ text: String) -> [Substring] { text.split { $0 == " " || $0 == "\n" } }

    private static func range(_ text: Substring) -> ClosedRange<UInt32>? {
        let ends = text.split(separator: "-").compactMap { UInt32($0, radix: 16) }
        guard let first = ends.first, let last = ends.last, first <= last else { return nil }
        return first...last
    }
}
