/// What a scan has found and spent so far, and which text it is in.
///
/// Arrays grow only when something is found or decoded, and keep their memory from scan to scan.
struct ScanState {
    /// What stands at the start of a replacement, in lower case.
    static let markerStart = "[redacted:"

    /// Something found, placed in the source.
    struct Found {
        let rule: Int
        let span: Range<Int>
        let secret: Range<Int>
        let confidence: Confidence
        let checksum: Finding.Checksum
        /// Whether the value only stands in for a secret.
        let isPlaceholder: Bool
        let layers: [Finding.Layer]
        /// The decoded value, kept only for redaction.
        let value: [UInt8]
    }

    /// A text inside another, and how its bytes come from there.
    struct Frame {
        enum Kind: Hashable {
            /// The source itself from an offset on.
            case source(Int)
            /// What the escapes of a JSON string in the outer text stand for.
            case escapes(Range<Int>)
            /// What the percent codes of a range of the outer text stand for.
            case percent(Range<Int>)
            /// What a range of the outer text reads without invisible characters and other forms of ASCII.
            case folded(Range<Int>)
            /// What a base64 run of the outer text stands for.
            case base64(Range<Int>)
            /// What the whole outer text stands for in UTF-16.
            case wide(isLittleEndian: Bool)
            /// A key, ` = "`, the outer text's range, `"`.
            case keyed(prefix: Int, Range<Int>)
        }

        let kind: Kind
        let layer: Finding.Layer?
        /// The text that the ranges in `kind` refer to.
        let outer: ByteText
        /// Where places in the text come from; empty until something is found in it.
        var marks = DecodingMarks(distance: 256)
    }

    /// How far the passes over the present text have come; it is put aside while an inner text is scanned.
    struct Progress {
        var row: UInt32 = 0
        var numberEnd = 0
        var base64End = 0
        var percentEnd = 0
        var escapeEnd = 0
        var foldEnd = 0
        var markerEnd = 0
        var cookieEnd = 0
        var curlEnd = 0
        var pairEnd = 0
        var kubernetesEnd = 0
        var accountEnd = 0
        var identifierEnd = 0
        /// The flat rule that matched last, and up to where.
        var matchedRule = -1
        var matchEnd = 0
        /// Up to where each pattern of the operator was searched; empty until the first.
        var ownEnds: [Int] = []
        /// How many bytes of the whole text lie before the first byte that is held.
        var origin = 0
    }

    var found: [Found] = []
    var frames: [Frame] = []
    var progress = Progress()
    /// Units of work spent; about one per byte looked at.
    var work = 0
    var workLimit = Int.max
    var findingLimit = Int.max
    var isComplete = true
    /// How many decodings deep the present text is, JSON strings not counted.
    var depth = 0
    var keepsValues = false
    /// Whether the present text is a JSON key, and what was found out about it.
    var isKey = false
    var keyHasContext = false
    /// Whether the present key ends with a word such as `password`.
    var keyEndsInWord = false
    /// Whether key and value stand together in a form that the older system does not know.
    var isBeyondOlder = false
    /// Where a text in UTF-16 comes from; there is one at most.
    var wideMarks = DecodingMarks(distance: 4_096)
    /// Memory for decoded texts, one per depth.
    var buffers: [[UInt8]] = []

    /// Adds work; past the limit the scan ends.
    @inline(__always) mutating func charge(_ units: Int) {
        self.work &+= units
        if self.work > self.workLimit { self.isComplete = false }
    }

    /// Makes ready for another scan and keeps the memory.
    mutating func reset() {
        self.found.removeAll(keepingCapacity: true)
        self.frames.removeAll(keepingCapacity: true)
        self.progress = Progress()
        self.work = 0
        self.isComplete = true
        self.depth = 0
        self.keepsValues = false
        self.isKey = false
        self.keyHasContext = false
        self.keyEndsInWord = false
        self.isBeyondOlder = false
    }

    /// The decodings between the source and the present text, outermost first.
    var layers: [Finding.Layer] { self.frames.compactMap(\.layer) }

    /// The bytes of the source that stand for a range of the present text; `nil` for what was not in the source.
    mutating func sourceRange(of range: Range<Int>) -> Range<Int>? {
        var range = range
        for index in self.frames.indices.reversed() {
            let frame = self.frames[index]
            switch frame.kind {
            case .source(let origin):
                range = (range.lowerBound &+ origin)..<(range.upperBound &+ origin)
            case .escapes(let outer):
                range = self.encodedRange(of: range, .json, frame: index, outer)
            case .percent(let outer):
                range = self.encodedRange(of: range, .percent, frame: index, outer)
            case .folded(let outer):
                range = self.encodedRange(of: range, .folded, frame: index, outer)
            case .wide(let isLittleEndian):
                let mark = self.wideMarks.before(range.lowerBound) ?? (0, 0)
                self.charge(range.upperBound &- mark.position)
                let unescaping: Unescaping = isLittleEndian ? .utf16Little : .utf16Big
                range = unescaping.sourceRange(of: range, in: frame.outer, from: 0..<frame.outer.count, mark: mark)
            case .base64(let outer):
                range = outer
            case .keyed(let prefix, let outer):
                guard range.upperBound > prefix, range.lowerBound < prefix + outer.count else { return nil }
                self.charge(outer.count / 8)
                range = Self.keyedRange(of: range, prefix: prefix, in: frame.outer, outer)
            }
        }
        return range
    }

    /// The part of an escaped text that stands for a range of the text of a frame.
    private mutating func encodedRange(
        of range: Range<Int>, _ unescaping: Unescaping, frame index: Int, _ outer: Range<Int>
    ) -> Range<Int> {
        let text = self.frames[index].outer
        unescaping.extend(&self.frames[index].marks, to: range.lowerBound, in: text, from: outer)
        let mark = self.frames[index].marks.before(range.lowerBound)
        self.charge((range.upperBound &- (mark?.position ?? 0)) / 8)
        return unescaping.sourceRange(of: range, in: text, from: outer, mark: mark)
    }

    /// The part of a value that stands for a range of the text made of key and value; an escape is taken whole or not at all.
    private static func keyedRange(of range: Range<Int>, prefix: Int, in text: ByteText, _ value: Range<Int>) -> Range<Int> {
        let lower = max(range.lowerBound - prefix, 0) + value.lowerBound
        let upper = min(range.upperBound - prefix + value.lowerBound, value.upperBound)
        return Unescaping.json.widened(lower..<max(lower, upper), in: text, from: value)
    }

    /// What a range of the present text stands for, as the value of a secret to look for elsewhere.
    func value(_ text: ByteText, _ secret: Range<Int>) -> [UInt8] {
        guard let frame = self.frames.last, case .keyed(let prefix, let value) = frame.kind else { return text.bytes(secret) }
        // The text made of key and value has fillers in it; the outer text has what stands there.
        var bytes: [UInt8] = []
        Unescaping.json.decode(frame.outer, Self.keyedRange(of: secret, prefix: prefix, in: frame.outer, value), into: &bytes)
        return bytes
    }
}
