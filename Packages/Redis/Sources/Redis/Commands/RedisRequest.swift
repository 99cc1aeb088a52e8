import NIOCore

/// What is sent: a command, or the run of a script.
enum RedisRequest: Sendable {
    case command(RedisCommand)
    case script(RedisScript, RedisScriptArguments)

    /// About how many bytes the request takes.
    var byteCount: Int {
        switch self {
        case .command(let command): command.arguments.bytes.count
        case .script(_, let arguments): arguments.elements.bytes.count + 80
        }
    }
}

extension ByteBuffer {
    /// Writes a command.
    mutating func write(_ arguments: RedisArguments) {
        self.writeHead(count: arguments.count)
        self.writeBytes(arguments.bytes)
    }

    /// Writes the run of a script.
    ///
    /// - Parameter head: The way the script is named: by hash or by source.
    mutating func write(_ head: RedisArguments, _ arguments: RedisScriptArguments) {
        self.writeHead(count: head.count + 1 + arguments.elements.count)
        self.writeBytes(head.bytes)
        self.writeKeyCount(arguments.keyCount)
        self.writeBytes(arguments.elements.bytes)
    }

    /// `*3\r\n`
    private mutating func writeHead(count: Int) {
        self.writeLine(UInt8(ascii: "*"), count)
    }

    /// `$1\r\n2\r\n`
    private mutating func writeKeyCount(_ count: Int) {
        self.writeLine(UInt8(ascii: "$"), DecimalForm.count(of: Int64(count)))
        self.writeLine(nil, count)
    }

    private mutating func writeLine(_ kind: UInt8?, _ number: Int) {
        if number >= 0 && number < 10, let kind {
            // The usual case, in one write of four bytes.
            let digit = UInt32(UInt8(ascii: "0")) + UInt32(truncatingIfNeeded: number)
            self.writeInteger(UInt32(kind) << 24 | digit << 16 | 0x0D0A)
            return
        }
        if let kind { self.writeInteger(kind) }
        var digits: [UInt8] = []
        DecimalForm.append(Int64(number), to: &digits)
        self.writeBytes(digits)
        self.writeInteger(UInt16(0x0D0A))
    }
}
