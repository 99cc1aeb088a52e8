import NIOCore

/// Writes the bytes of an answer into room that was measured before.
struct ReplyBytes: ~Copyable {
    private let target: UnsafeMutableRawBufferPointer
    private(set) var count = 0

    init(target: UnsafeMutableRawBufferPointer) {
        self.target = target
    }

    /// Writes constant text.
    @inline(__always)
    mutating func write(_ text: StaticString) {
        let length = text.utf8CodeUnitCount
        self.room(for: length).copyMemory(from: UnsafeRawBufferPointer(start: text.utf8Start, count: length))
        self.count &+= length
    }

    /// Copies bytes.
    @inline(__always)
    mutating func write(_ bytes: UnsafeRawBufferPointer) {
        self.room(for: bytes.count).copyMemory(from: bytes)
        self.count &+= bytes.count
    }

    /// Writes a whole number in decimal digits.
    @inline(__always)
    mutating func write(_ number: Int64) {
        var rest = number.magnitude
        if rest < 10, number >= 0 {
            self.room(for: 1)[0] = UInt8(truncatingIfNeeded: rest) &+ UInt8(ascii: "0")
            self.count &+= 1
            return
        }
        let length = Self.digitCount(of: rest) &+ (number < 0 ? 1 : 0)
        let room = self.room(for: length)
        var position = length
        repeat {
            position &-= 1
            let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
            room[position] = UInt8(truncatingIfNeeded: digit) &+ UInt8(ascii: "0")
            rest = quotient
        } while rest > 0
        if number < 0 { room[0] = UInt8(ascii: "-") }
        self.count &+= length
    }

    private func room(for length: Int) -> UnsafeMutableRawBufferPointer {
        // Whoever makes the room counts the longest form of everything that goes into it.
        precondition(length <= self.target.count &- self.count, "an answer fits the room that was made for it")
        return UnsafeMutableRawBufferPointer(rebasing: self.target[self.count..<self.count &+ length])
    }

    @inline(__always)
    private static func digitCount(of number: UInt64) -> Int {
        var count = 1
        var bound: UInt64 = 10
        while number >= bound {
            count &+= 1
            let (next, overflow) = bound.multipliedReportingOverflow(by: 10)
            if overflow { break }
            bound = next
        }
        return count
    }
}

extension ByteBuffer {
    /// Writes through ``ReplyBytes``.
    ///
    /// - Parameter most: How many bytes `body` writes at the most.
    @inline(__always)
    mutating func writeReply(most: Int, _ body: (inout ReplyBytes) -> Void) {
        self.writeWithUnsafeMutableBytes(minimumWritableBytes: most) { target in
            var bytes = ReplyBytes(target: UnsafeMutableRawBufferPointer(rebasing: target[..<most]))
            body(&bytes)
            return bytes.count
        }
    }
}
