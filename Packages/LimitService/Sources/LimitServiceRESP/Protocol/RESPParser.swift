/// Takes commands out of a stream of bytes, without copying them.
///
/// ```
/// *2\r\n$4\r\nECHO\r\n$2\r\nhi\r\n     an array of bulk strings
/// ECHO hi\r\n                          the same as an inline command, for people
/// ```
///
/// Source: the Redis serialization protocol, <https://redis.io/docs/latest/develop/reference/protocol-spec/>. A command that comes in
/// pieces is read on from where the last piece ended.
struct RESPParser {
    /// What the bytes so far are.
    enum Outcome: Equatable {
        /// A whole command, in ``RESPParser/parts``; the next one begins `byteCount` bytes later. It may be empty.
        case request(byteCount: Int)
        /// The beginning of a command.
        case incomplete
        /// No command, and nothing after it can be understood.
        case violation(String)
    }

    private enum Line {
        case number(Int, next: Int)
        case incomplete
        case malformed
    }

    /// Longer than any length that fits an `Int`.
    private static let longestNumberLine = 20
    private static let carriageReturn = UInt8(ascii: "\r")
    private static let lineFeed = UInt8(ascii: "\n")

    /// Where the arguments of the last command lie, counted from its first byte.
    private(set) var parts = ContiguousArray<RESPRequest.Part>()
    /// Arguments of the command under way; below 0 between commands.
    private var expected = -1
    private var position = 0

    /// Reads on.
    ///
    /// - Parameter bytes: What there is, from the first byte of the command under way; after ``Outcome/request(byteCount:)``
    ///   from the next one's.
    mutating func next(in bytes: UnsafeRawBufferPointer, limits: RESPConfiguration.Limits) -> Outcome {
        if self.expected < 0 {
            guard let first = bytes.first else { return .incomplete }
            if self.position == 0 { self.parts.removeAll(keepingCapacity: true) }
            guard first == UInt8(ascii: "*") else { return self.inline(in: bytes, limits: limits) }
            switch Self.number(in: bytes, from: 1) {
            case .incomplete: return .incomplete
            case .malformed: return .violation("invalid multibulk length")
            case .number(let count, let next):
                guard count <= limits.arguments else { return .violation("invalid multibulk length") }
                self.expected = max(count, 0)
                self.position = next
            }
        }
        while self.parts.count < self.expected {
            guard self.position < bytes.count else { return .incomplete }
            guard bytes[self.position] == UInt8(ascii: "$") else {
                return .violation("expected '$', got '\(Self.shown(bytes[self.position]))'")
            }
            switch Self.number(in: bytes, from: self.position &+ 1) {
            case .incomplete: return .incomplete
            case .malformed: return .violation("invalid bulk length")
            case .number(let byteCount, let start):
                guard byteCount >= 0, byteCount <= limits.bulkBytes else { return .violation("invalid bulk length") }
                let end = start &+ byteCount
                guard end &+ 2 <= limits.requestBytes else { return .violation("too big request") }
                guard end &+ 2 <= bytes.count else { return .incomplete }
                guard bytes[end] == Self.carriageReturn, bytes[end &+ 1] == Self.lineFeed else {
                    return .violation("expected CRLF behind a bulk string")
                }
                self.parts.append(RESPRequest.Part(start: start, byteCount: byteCount))
                self.position = end &+ 2
            }
        }
        return self.finish(at: self.position)
    }

    private mutating func finish(at end: Int) -> Outcome {
        self.expected = -1
        self.position = 0
        return .request(byteCount: end)
    }

    /// Reads a whole number up to the end of its line.
    @inline(__always)
    private static func number(in bytes: UnsafeRawBufferPointer, from start: Int) -> Line {
        var position = start
        var number = 0
        var isNegative = false
        if position < bytes.count, bytes[position] == UInt8(ascii: "-") {
            isNegative = true
            position &+= 1
        }
        let firstDigit = position
        while position < bytes.count {
            let digit = bytes[position] &- 48
            guard digit < 10 else { break }
            position &+= 1
            guard position &- firstDigit < Self.longestNumberLine - 2 else { return .malformed }
            number = number &* 10 &+ Int(digit)
        }
        guard position &+ 1 < bytes.count else {
            let endsWell = position == bytes.count || bytes[position] == Self.carriageReturn
            return endsWell ? .incomplete : .malformed
        }
        guard position > firstDigit, bytes[position] == Self.carriageReturn, bytes[position &+ 1] == Self.lineFeed else {
            return .malformed
        }
        return .number(isNegative ? -number : number, next: position &+ 2)
    }

    /// A byte as it may stand in an error reply.
    private static func shown(_ byte: UInt8) -> Character {
        (0x20..<0x7F).contains(byte) ? Character(Unicode.Scalar(byte)) : "?"
    }
}

/// Commands that people type.
extension RESPParser {
    /// Reads words up to the end of a line. Quotes hold words together; escapes in them are refused, as arguments are never copied.
    private mutating func inline(in bytes: UnsafeRawBufferPointer, limits: RESPConfiguration.Limits) -> Outcome {
        // Up to here an earlier call found no end of line.
        guard let end = bytes[self.position...].firstIndex(of: Self.lineFeed) else {
            guard bytes.count <= limits.inlineBytes else { return .violation("too big inline request") }
            self.position = bytes.count
            return .incomplete
        }
        guard end <= limits.inlineBytes else { return .violation("too big inline request") }
        let isTerminated = end > 0 && bytes[end - 1] == Self.carriageReturn
        let line = UnsafeRawBufferPointer(rebasing: bytes[..<(isTerminated ? end - 1 : end)])
        var position = 0
        while true {
            while position < line.count, Self.isBlank(line[position]) { position += 1 }
            guard position < line.count else { break }
            guard self.parts.count < limits.arguments else { return .violation("too many arguments in an inline request") }
            guard let part = Self.word(in: line, from: position) else { return .violation("unbalanced quotes in request") }
            guard part.byteCount <= limits.bulkBytes else { return .violation("too big inline request") }
            self.parts.append(part)
            position = part.start + part.byteCount
            if position < line.count, !Self.isBlank(line[position]) { position += 1 }
        }
        let request = RESPRequest(bytes: line, parts: self.parts)
        // A browser that was sent here must not have the rest of its request taken for commands.
        if request.reads(0, "post") || request.reads(0, "host:") { return .violation("this is no HTTP") }
        return self.finish(at: end + 1)
    }

    private static func word(in line: UnsafeRawBufferPointer, from start: Int) -> RESPRequest.Part? {
        let quote = line[start]
        guard quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else {
            var end = start
            while end < line.count, !Self.isBlank(line[end]) { end += 1 }
            return RESPRequest.Part(start: start, byteCount: end - start)
        }
        var end = start + 1
        while end < line.count, line[end] != quote {
            guard line[end] != UInt8(ascii: "\\") else { return nil }
            end += 1
        }
        guard end < line.count, end + 1 == line.count || Self.isBlank(line[end + 1]) else { return nil }
        return RESPRequest.Part(start: start + 1, byteCount: end - start - 1)
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) || byte == 0 }
}
