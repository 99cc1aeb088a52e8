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
        /// Up to where the lines were looked at that suspicious words stand in, and whether the last of them is an instruction.
        var lineEnd = 0
        var isInstruction = false
        /// Up to where signs of a database were looked for, and where the last one begins.
        var signEnd = 0
        var signStart = -1
        /// The flat rule that matched last, and up to where.
        var matchedRule = -1
        var matchEnd = 0
        /// Up to where each pattern of the operator was searched; empty until the first.
        var ownEnds: [Int] = []
        /// How many bytes of the whole text lie before the first byte that is held.
        var origin = 0
    }

    var found: [Found] = []
    /// Where lately something was found, by which rule and under how many layers; enough for a region that is looked at twice.
    private var recent: [SIMD4<Int>] = []
    /// How many of `found` repeat another one with fewer layers.
    var repetitions = 0
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
    /// Memory for decoded texts, one per depth.
    var buffers: [[UInt8]] = []

    /// Adds work; past the limit the scan ends.
    @inline(__always) mutating func charge(_ units: Int) {
        self.work &+= units
        if self.work > self.workLimit { self.isComplete = false }
    }

    /// Whether the present text is one without its characters to fold.
    var isFolded: Bool {
        guard !self.frames.isEmpty, case .folded = self.frames[self.frames.count - 1].kind else { return false }
        return true
    }

    private func slot(rule: Int, secret: Range<Int>) -> Int { (secret.lowerBound &+ rule &* 97) & 511 }

    /// Whether a rule found the same lately, under as many layers or fewer.
    func wasFound(rule: Int, secret: Range<Int>) -> Bool {
        if self.recent.isEmpty { return false }
        let last = self.recent[self.slot(rule: rule, secret: secret)]
        return last[0] == rule && last[1] == secret.lowerBound && last[2] == secret.upperBound && last[3] <= self.layers.count
    }

    /// Whether a find says no more than one that was found lately, as where regions overlap, or text is looked at in two ways.
    mutating func isRepeated(rule: Int, secret: Range<Int>, layerCount: Int) -> Bool {
        if self.recent.isEmpty { self.recent = [SIMD4<Int>](repeating: SIMD4(repeating: -1), count: 512) }
        let slot = self.slot(rule: rule, secret: secret)
        let last = self.recent[slot]
        if last[0] == rule, last[1] == secret.lowerBound, last[2] == secret.upperBound {
            // Of several the one that is decoded least is told; what others stand for counts when values are looked for.
            if last[3] == layerCount || last[3] < layerCount && !self.keepsValues { return true }
            self.repetitions &+= 1
        }
        self.recent[slot] = SIMD4(rule, secret.lowerBound, secret.upperBound, layerCount)
        return false
    }

    /// Makes ready for another scan and keeps the memory.
    mutating func reset() {
        self.found.removeAll(keepingCapacity: true)
        self.recent.removeAll(keepingCapacity: true)
        self.repetitions = 0
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
    var layers: [Finding.Layer] {
        var (layers, last): ([Finding.Layer], Finding.Layer?) = ([], nil)
        for index in self.frames.indices {
            guard let layer = self.frames[index].layer else { continue }
            if let last { layers = (layers.isEmpty ? last.alone : layers) + [layer] }
            last = layer
        }
        return layers.isEmpty ? last?.alone ?? [] : layers
    }

    /// A match and the secret in it, in some text.
    struct Places {
        var whole: Range<Int>
        var secret: Range<Int>
    }

    /// The bytes of the source that stand for a match in the present text; `nil` for what was not in the source.
    mutating func source(of places: Places) -> Places? {
        var places = places
        for index in self.frames.indices.reversed() {
            // No copy of a frame is kept, as its marks are written.
            switch self.frames[index].kind {
            case .source(let origin):
                places.whole = (places.whole.lowerBound &+ origin)..<(places.whole.upperBound &+ origin)
                places.secret = (places.secret.lowerBound &+ origin)..<(places.secret.upperBound &+ origin)
            case .escapes(let outer):
                places = self.encoded(places, .json, frame: index, outer)
            case .percent(let outer):
                places = self.encoded(places, .percent, frame: index, outer)
            case .folded(let outer):
                places = self.encoded(places, .folded, frame: index, outer)
            case .wide(let isLittleEndian):
                let outer = 0..<self.frames[index].outer.count
                places = self.encoded(places, isLittleEndian ? .utf16Little : .utf16Big, frame: index, outer)
            case .base64(let outer):
                places = Places(whole: outer, secret: outer)
            case .keyed(let prefix, let outer):
                let end = prefix + outer.count
                guard places.whole.upperBound > prefix, places.whole.lowerBound < end, places.secret.upperBound > prefix,
                    places.secret.lowerBound < end
                else { return nil }
                places.whole = self.keyedRange(of: places.whole, prefix: prefix, frame: index, outer)
                places.secret = self.keyedRange(of: places.secret, prefix: prefix, frame: index, outer)
            }
        }
        return places
    }

    /// The parts of an escaped text that stand for places in the text of a frame.
    private mutating func encoded(
        _ places: Places, _ unescaping: Unescaping, frame index: Int, _ outer: Range<Int>
    ) -> Places {
        let text = self.frames[index].outer
        if self.frames[index].marks.isEmpty { self.frames[index].marks.note((0, outer.lowerBound)) }
        let known = self.frames[index].marks.before(places.whole.lowerBound)
        self.charge((max(places.whole.upperBound, places.secret.upperBound) &- known.position) / 4)
        return unescaping.source(of: places, in: text, from: outer, &self.frames[index].marks)
    }

    /// The part of a value that stands for a range of the text made of key and value; an escape is taken whole or not at all.
    private mutating func keyedRange(of range: Range<Int>, prefix: Int, frame index: Int, _ value: Range<Int>) -> Range<Int> {
        let text = self.frames[index].outer
        let lower = max(range.lowerBound - prefix, 0) + value.lowerBound
        let upper = min(range.upperBound - prefix + value.lowerBound, value.upperBound)
        // Finds come in the order of their places, so the search for escapes goes on where it was.
        var start = self.frames[index].marks.cursor.offset
        if start < value.lowerBound || start > lower { start = value.lowerBound }
        self.charge((upper &- start) / 4)
        let (widened, boundary) = Unescaping.json.widened(lower..<max(lower, upper), in: text, from: start..<value.upperBound)
        self.frames[index].marks.cursor = (boundary, boundary)
        return widened
    }

    /// What a range of the present text stands for, as the value of a secret to look for elsewhere.
    mutating func value(_ text: ByteText, _ secret: Range<Int>) -> [UInt8] {
        guard let frame = self.frames.last, case .keyed(let prefix, let value) = frame.kind else { return text.bytes(secret) }
        let place = self.keyedRange(of: secret, prefix: prefix, frame: self.frames.count - 1, value)
        // The text made of key and value has fillers in it; the outer text has what stands there.
        var bytes: [UInt8] = []
        Unescaping.json.decode(frame.outer, place, into: &bytes)
        return bytes
    }
}

extension Finding.Layer {
    private static let alones = Self.allCases.map { [$0] }

    /// An array of this layer alone, which most finds in decoded text share.
    fileprivate var alone: [Finding.Layer] {
        switch self {
        case .json: Self.alones[0]
        case .base64: Self.alones[1]
        case .percent: Self.alones[2]
        case .unicodeEscape: Self.alones[3]
        case .folded: Self.alones[4]
        case .utf16: Self.alones[5]
        }
    }

    private static var allCases: [Finding.Layer] { [.json, .base64, .percent, .unicodeEscape, .folded, .utf16] }
}
