import NIOCore

/// Writes replies one behind the other into one buffer, in version 2 or 3 of the protocol.
struct RESPWriter {
    private static let longestInteger = 20

    private(set) var buffer: ByteBuffer
    /// Whether maps and nulls are written as such (version 3), or as flat arrays and null bulk strings (version 2).
    var isVersion3 = false

    init(buffer: ByteBuffer = ByteBuffer()) {
        self.buffer = buffer
    }

    /// Bytes that wait.
    var byteCount: Int { self.buffer.readableBytes }

    /// `+OK`
    mutating func writeSimple(_ text: StaticString) {
        self.buffer.writeInteger(UInt8(ascii: "+"))
        self.buffer.writeStaticString(text)
        self.buffer.writeStaticString("\r\n")
    }

    /// `-ERR what is wrong`; anything that would end the line is replaced.
    mutating func writeError(_ text: String) {
        self.buffer.writeInteger(UInt8(ascii: "-"))
        self.buffer.writeBytes(text.utf8.lazy.map { $0 < 0x20 || $0 == 0x7F ? 0x20 : $0 })
        self.buffer.writeStaticString("\r\n")
    }

    /// `:42`
    mutating func writeInteger(_ number: Int64) { self.writeHead(UInt8(ascii: ":"), number) }

    /// `*2`; that many replies follow.
    mutating func writeArrayHead(_ count: Int) { self.writeHead(UInt8(ascii: "*"), Int64(count)) }

    /// `%2` or `*4`; twice that many replies follow.
    mutating func writeMapHead(_ count: Int) {
        if self.isVersion3 { self.writeHead(UInt8(ascii: "%"), Int64(count)) } else { self.writeArrayHead(count * 2) }
    }

    /// `_` or `$-1`
    mutating func writeNull() {
        if self.isVersion3 { self.buffer.writeStaticString("_\r\n") } else { self.buffer.writeStaticString("$-1\r\n") }
    }

    /// `$2`, then the bytes.
    mutating func writeBulk(_ bytes: some Collection<UInt8>) {
        self.writeHead(UInt8(ascii: "$"), Int64(bytes.count))
        self.buffer.writeBytes(bytes)
        self.buffer.writeStaticString("\r\n")
    }

    /// `$2`, then the text.
    mutating func writeBulk(_ text: String) { self.writeBulk(text.utf8) }

    /// Five integers, as `CL.THROTTLE` and `THROTTLE` answer; one write of at most 119 bytes.
    @inline(__always)
    mutating func writeFive(_ first: Int64, _ second: Int64, _ third: Int64, _ fourth: Int64, _ fifth: Int64) {
        self.buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: 4 + 5 * (Self.longestInteger + 3)) { target in
            var end = 0
            Self.put(UInt8(ascii: "*"), 5, into: target, at: &end)
            Self.put(UInt8(ascii: ":"), first, into: target, at: &end)
            Self.put(UInt8(ascii: ":"), second, into: target, at: &end)
            Self.put(UInt8(ascii: ":"), third, into: target, at: &end)
            Self.put(UInt8(ascii: ":"), fourth, into: target, at: &end)
            Self.put(UInt8(ascii: ":"), fifth, into: target, at: &end)
            return end
        }
    }

    /// Takes replies over as they are.
    mutating func write(_ other: inout ByteBuffer, byteCount: Int) {
        if var slice = other.readSlice(length: byteCount) { self.buffer.writeBuffer(&slice) }
    }

    /// Takes the first bytes out, to be written elsewhere.
    mutating func move(byteCount: Int, to other: inout RESPWriter) {
        other.write(&self.buffer, byteCount: byteCount)
        if self.buffer.readableBytes == 0 { self.buffer.clear() }
    }

    /// Forgets what was handed on; the memory is used again unless it is still being written or much larger than usual.
    mutating func clear(keepingUpTo capacity: Int) {
        if self.buffer.capacity <= capacity { self.buffer.clear() } else { self.buffer = ByteBuffer() }
    }

    private mutating func writeHead(_ kind: UInt8, _ number: Int64) {
        self.buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: Self.longestInteger + 3) { target in
            var end = 0
            Self.put(kind, number, into: target, at: &end)
            return end
        }
    }

    /// Puts a kind, a number and the end of the line.
    @inline(__always)
    private static func put(_ kind: UInt8, _ number: Int64, into target: UnsafeMutableRawBufferPointer, at end: inout Int) {
        target[end] = kind
        end &+= 1
        if number < 0 {
            target[end] = UInt8(ascii: "-")
            end &+= 1
        }
        var rest = number.magnitude
        if rest < 10 {
            target[end] = 48 &+ UInt8(truncatingIfNeeded: rest)
            end &+= 1
        } else {
            var digits = 1
            var bound: UInt64 = 10
            while digits < 20, rest >= bound {
                digits &+= 1
                let (next, overflow) = bound.multipliedReportingOverflow(by: 10)
                bound = overflow ? .max : next
                if overflow { break }
            }
            var position = end &+ digits
            end = position
            while digits > 0 {
                let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
                position &-= 1
                target[position] = 48 &+ UInt8(truncatingIfNeeded: digit)
                rest = quotient
                digits &-= 1
            }
        }
        target[end] = UInt8(ascii: "\r")
        target[end &+ 1] = UInt8(ascii: "\n")
        end &+= 2
    }
}
