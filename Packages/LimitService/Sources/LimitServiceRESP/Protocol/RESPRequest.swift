/// One command as it lies in the buffer: its name and arguments are stretches of bytes that nobody has copied.
struct RESPRequest {
    /// Where an argument lies.
    struct Part {
        var start: Int
        var byteCount: Int
    }

    let bytes: UnsafeRawBufferPointer
    let parts: ContiguousArray<Part>

    /// How many arguments there are, the name included.
    var count: Int { self.parts.count }

    /// The bytes of an argument; 0 is the name.
    @inline(__always)
    subscript(position: Int) -> UnsafeRawBufferPointer {
        let part = self.parts[position]
        return UnsafeRawBufferPointer(rebasing: self.bytes[part.start..<part.start &+ part.byteCount])
    }

    /// Whether an argument reads like `word`, which has lower-case letters only, whatever the case of the argument.
    @inline(__always)
    func reads(_ position: Int, _ word: StaticString) -> Bool {
        guard position < self.count, self.parts[position].byteCount == word.utf8CodeUnitCount else { return false }
        let argument = self[position]
        for offset in 0..<argument.count {
            let byte = argument[offset]
            let lower = byte &- 65 < 26 ? byte | 0x20 : byte
            guard lower == word.utf8Start[offset] else { return false }
        }
        return true
    }

    /// The text of an argument; bytes that are no UTF-8 are replaced.
    func text(_ position: Int) -> String { String(decoding: self[position], as: UTF8.self) }

    /// An argument as a whole number in decimal digits, with an optional sign; `nil` for anything else, also when it does not fit.
    @inline(__always)
    func integer(_ position: Int) -> Int64? {
        let argument = self[position]
        guard let first = argument.first else { return nil }
        let isNegative = first == UInt8(ascii: "-")
        let start = isNegative || first == UInt8(ascii: "+") ? 1 : 0
        guard argument.count > start else { return nil }
        var magnitude: UInt64 = 0
        for offset in start..<argument.count {
            let digit = argument[offset] &- 48
            guard digit < 10 else { return nil }
            let (tens, overflow) = magnitude.multipliedReportingOverflow(by: 10)
            let (sum, carries) = tens.addingReportingOverflow(UInt64(digit))
            guard !overflow, !carries else { return nil }
            magnitude = sum
        }
        guard isNegative else { return Int64(exactly: magnitude) }
        return magnitude == 1 << 63 ? .min : Int64(exactly: magnitude).map { -$0 }
    }
}
