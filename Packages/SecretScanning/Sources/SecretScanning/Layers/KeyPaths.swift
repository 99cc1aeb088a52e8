/// The JSON pointers of the strings and numbers in which places lie, found in one walk.
///
/// The pointer of the containers around is kept up to date on the way, so that it takes no longer for many places than for one. Of
/// a pointer longer than ``longest`` bytes, or deeper than ``deepest`` levels, the end is told.
struct KeyPaths {
    static let longest = 256
    static let deepest = 64
    private static let longestKey = 256

    private let text: ByteText
    private var paths: [Int: String] = [:]
    /// For each open container the position in an array, or the key in an object, and where in `pointer` its own step begins.
    private var stack: [(position: Int?, key: Range<Int>?, start: Int)] = []
    /// The pointer of the innermost container.
    private var pointer: [UInt8] = []

    private init(_ text: ByteText) {
        self.text = text
    }

    /// The pointers by place.
    static func paths(to places: [Int], in text: ByteText) -> [Int: String] {
        var walk = KeyPaths(text)
        walk.run(ArraySlice(Set(places).sorted()))
        return walk.paths
    }

    private mutating func run(_ places: ArraySlice<Int>) {
        var remaining = places
        var strings = JSONStrings(self.text)
        while !remaining.isEmpty, let token = strings.next() {
            switch token {
            case .key(let range, _):
                if !self.stack.isEmpty { self.stack[self.stack.count - 1].key = range }
                self.note(range, &remaining)
            case .string(let range, _), .number(let range): self.note(range, &remaining)
            case .beginObject: self.open(position: nil)
            case .beginArray: self.open(position: 0)
            case .end:
                if let last = self.stack.popLast() { self.pointer.removeSubrange(last.start...) }
            case .comma:
                if let position = self.stack.last?.position { self.stack[self.stack.count - 1].position = position + 1 }
            case .literal: break
            }
        }
    }

    private mutating func open(position: Int?) {
        let start = self.pointer.count
        self.appendStep()
        self.stack.append((position, nil, start))
    }

    /// Appends where in the innermost container the walk is.
    private mutating func appendStep() {
        guard let level = self.stack.last else { return }
        self.pointer.append(UInt8(ascii: "/"))
        if let position = level.position {
            self.pointer += String(position).utf8
        } else if let key = level.key {
            var bytes: [UInt8] = []
            Unescaping.json.decode(self.text, key.prefix(Self.longestKey), into: &bytes)
            for byte in bytes {
                switch byte {
                case UInt8(ascii: "~"): self.pointer += "~0".utf8
                case UInt8(ascii: "/"): self.pointer += "~1".utf8
                default: self.pointer.append(byte)
                }
            }
        }
    }

    private mutating func note(_ range: Range<Int>, _ remaining: inout ArraySlice<Int>) {
        guard let first = remaining.first, first < range.upperBound else { return }
        let end = self.pointer.count
        self.appendStep()
        let path = String(decoding: self.pointer[self.startOfTold(lastStep: end)...], as: UTF8.self)
        self.pointer.removeSubrange(end...)
        while let place = remaining.first, place < range.upperBound {
            if place >= range.lowerBound { self.paths[place] = path }
            remaining.removeFirst()
        }
    }

    /// Where in the pointer the part begins that is told.
    private func startOfTold(lastStep: Int) -> Int {
        var (start, depth) = (lastStep, 1)
        // The outermost container has no step of its own.
        for level in self.stack.dropFirst().reversed() {
            if depth == Self.deepest || self.pointer.count - level.start > Self.longest { break }
            start = level.start
            depth += 1
        }
        return start
    }
}
