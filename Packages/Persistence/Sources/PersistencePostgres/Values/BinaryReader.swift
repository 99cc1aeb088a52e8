/// Reads the server's binary form of values: numbers in network order (PostgreSQL manual, "Formats and Format Codes").
struct BinaryReader {
    private var rest: UnsafeRawBufferPointer.SubSequence

    init(_ bytes: UnsafeRawBufferPointer) {
        self.rest = bytes[...]
    }

    init(_ bytes: UnsafeRawBufferPointer.SubSequence) {
        self.rest = bytes
    }

    var isAtEnd: Bool { self.rest.isEmpty }

    /// A whole number in network order; `nil` if there are not that many bytes left.
    mutating func read<Number: FixedWidthInteger>(_ type: Number.Type = Number.self) -> Number? {
        guard self.rest.count >= MemoryLayout<Number>.size else { return nil }
        var number: Number = 0
        for byte in self.rest.prefix(MemoryLayout<Number>.size) { number = number << 8 | Number(truncatingIfNeeded: byte) }
        self.rest = self.rest.dropFirst(MemoryLayout<Number>.size)
        return number
    }

    /// As many bytes as asked for; `nil` if there are fewer.
    mutating func read(count: Int) -> UnsafeRawBufferPointer.SubSequence? {
        guard count >= 0, self.rest.count >= count else { return nil }
        defer { self.rest = self.rest.dropFirst(count) }
        return self.rest.prefix(count)
    }

    /// Everything that is left.
    mutating func readRest() -> UnsafeRawBufferPointer.SubSequence {
        defer { self.rest = self.rest.suffix(0) }
        return self.rest
    }
}
