/// A shell pattern for names of tools and servers: `*` any text (dots too), `?` one character, `[a-z]` and `[!a-z]` one of a set.
///
/// It matches the whole name, byte by byte and with regard to case. Matching takes at most the product of both lengths and
/// never recurses.
struct Glob: Sendable, Hashable {
    enum Item: Sendable, Hashable {
        case byte(UInt8)
        case any
        case star
        case set([ClosedRange<UInt8>], isNegated: Bool)

        func matches(_ byte: UInt8) -> Bool {
            switch self {
            case .byte(let own): own == byte
            case .any: true
            case .star: false
            case .set(let ranges, let isNegated): ranges.contains { $0.contains(byte) } != isNegated
            }
        }
    }

    /// What is wrong with a pattern.
    struct Fault: Error {
        let message: String
    }

    let text: String
    private let items: [Item]
    /// The bytes before the first item that is none, which a name must begin with.
    let prefix: [UInt8]
    /// The bytes behind the last item that is none, which a name must end with.
    let suffix: [UInt8]

    static let maximumBytes = 256

    /// Reads a pattern; `[` without its end, empty sets, and characters that no name has are faults rather than text.
    init(_ text: String) throws(Fault) {
        guard (1...Self.maximumBytes).contains(text.utf8.count) else {
            throw Fault(message: "must have 1 to \(Self.maximumBytes) bytes")
        }
        var items: [Item] = []
        let bytes = Array(text.utf8)
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            switch byte {
            case UInt8(ascii: "*"):
                if items.last != .star { items.append(.star) }
            case UInt8(ascii: "?"): items.append(.any)
            case UInt8(ascii: "["): items.append(try Self.set(bytes, &index))
            default:
                guard ToolName.isAllowed(byte) else {
                    throw Fault(message: "holds a character that no name has; names consist of A-Z a-z 0-9 _ . -")
                }
                items.append(.byte(byte))
            }
        }
        self.text = text
        self.items = items
        var prefix: [UInt8] = []
        for item in items {
            guard case .byte(let byte) = item else { break }
            prefix.append(byte)
        }
        self.prefix = prefix
        var suffix: [UInt8] = []
        for item in items.reversed() {
            guard case .byte(let byte) = item else { break }
            suffix.append(byte)
        }
        self.suffix = suffix.reversed()
    }

    private static func set(_ bytes: [UInt8], _ index: inout Int) throws(Fault) -> Item {
        guard let end = bytes[index...].dropFirst().firstIndex(of: UInt8(ascii: "]")) else {
            throw Fault(message: "has a [ without its ]")
        }
        var rest = bytes[index..<end]
        index = end + 1
        let isNegated = rest.first == UInt8(ascii: "!") || rest.first == UInt8(ascii: "^")
        if isNegated { rest = rest.dropFirst() }
        var ranges: [ClosedRange<UInt8>] = []
        while let first = rest.popFirst() {
            if rest.count >= 2, rest.first == UInt8(ascii: "-"), let last = rest.dropFirst().first {
                guard first <= last else { throw Fault(message: "has a range whose end comes before its start") }
                ranges.append(first...last)
                rest = rest.dropFirst(2)
            } else {
                ranges.append(first...first)
            }
        }
        guard !ranges.isEmpty else { throw Fault(message: "has an empty set") }
        return .set(ranges, isNegated: isNegated)
    }

    /// The name that the pattern stands for, when it has no wildcards.
    var literal: String? { self.prefix.count == self.items.count ? self.text : nil }

    /// Whether the pattern matches every name.
    var matchesAll: Bool { self.items == [.star] }

    func matches(_ name: [UInt8]) -> Bool {
        guard name.count >= self.prefix.count, name.starts(with: self.prefix) else { return false }
        var (item, place) = (self.prefix.count, self.prefix.count)
        // Where to go on when a guess about the last star was wrong.
        var retry: (item: Int, place: Int)?
        while place < name.count {
            if item < self.items.count, self.items[item] == .star {
                item += 1
                if item == self.items.count { return true }
                retry = (item, place)
            } else if item < self.items.count, self.items[item].matches(name[place]) {
                item += 1
                place += 1
            } else if let last = retry {
                (item, place) = (last.item, last.place + 1)
                retry = (last.item, last.place + 1)
            } else {
                return false
            }
        }
        return self.items[item...].allSatisfy { $0 == .star }
    }

    /// Whether every name that the other pattern matches is certainly matched by this one; false when in doubt.
    func covers(_ other: Glob) -> Bool {
        if self.matchesAll || self.items == other.items { return true }
        if let name = other.literal { return self.matches(Array(name.utf8)) }
        // With only bytes and stars here, wildcards of the other are met by stars alone, as no byte equals a mark.
        guard self.items.allSatisfy({ if case .byte = $0 { true } else { $0 == .star } }) else { return false }
        return self.matches(
            other.items.map { item in
                if case .byte(let byte) = item { byte } else { 0 }
            })
    }
}
