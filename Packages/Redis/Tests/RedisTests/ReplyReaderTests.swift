import TestKit
import Testing

@testable import Redis

@Suite("Reply reader")
struct ReplyReaderTests {
    static let limits = ReplyLimits(byteCount: 1 << 16, elementCount: 1_000)

    /// All replies in a stream that comes in the given pieces; an error ends it.
    static func replies(_ pieces: [[UInt8]], limits: ReplyLimits = Self.limits) throws(RedisError) -> [RedisValue] {
        var reader = try ReplyReader(limits: limits)
        var replies: [RedisValue] = []
        for piece in pieces {
            let failure: RedisError? = piece.withUnsafeBytes { bytes in
                do throws(RedisError) {
                    try reader.feed(bytes)
                    return nil
                } catch {
                    return error
                }
            }
            if let failure { throw failure }
            while let reply = try reader.next() { replies.append(reply) }
        }
        return replies
    }

    static let stream =
        "+OK\r\n:42\r\n:-1\r\n$5\r\nhe\r\nl\r\n$0\r\n\r\n$-1\r\n*-1\r\n"
        + "*0\r\n-ERR no\r\n*3\r\n:1\r\n*2\r\n$1\r\na\r\n*0\r\n-ERR in\r\n+\r\n"
    static let expected: [RedisValue] = [
        .status("OK"), .integer(42), .integer(-1), .string(Array("he\r\nl".utf8)), .string([]), .null, .null, .array([]),
        .error("ERR no"), .array([.integer(1), .array([.string([97]), .array([])]), .error("ERR in")]), .status(""),
    ]

    @Test("reads every kind of reply")
    func kinds() throws {
        #expect(try Self.replies([Array(Self.stream.utf8)]) == Self.expected)
    }

    @Test("reads the same from pieces of any size", arguments: 1...40)
    func pieces(_ size: Int) throws {
        let bytes = Array(Self.stream.utf8)
        let pieces = stride(from: 0, to: bytes.count, by: size).map { Array(bytes[$0..<min($0 + size, bytes.count)]) }
        #expect(try Self.replies(pieces) == Self.expected)
    }

    @Test(
        "refuses what is no reply",
        arguments: [
            "GET / HTTP/1.1\r\n", "\0\0\0\0", ":x\r\n", ":99999999999999999999\r\n", "$-2\r\n", "$x\r\n", "*-2\r\n",
            "*99999999999\r\n",
            "$9223372036854775807\r\n", "$99999999999999999999\r\n", "$3\r\nabcd\r\n", "$3\r\nabcde", "*1001\r\n",
            "*2147483647\r\n",
            "*600\r\n*600\r\n", "%1\r\n+a\r\n+b\r\n", "_\r\n",
            "*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n:1\r\n",
        ])
    func malformed(_ text: String) {
        // Behind each stands enough for a reader that believed a length to go on waiting no more.
        let bytes = Array(text.utf8) + [UInt8](repeating: 48, count: 1 << 17)
        #expect(throws: RedisError(.connectionLost, message: "")) { try Self.replies([bytes]) }
    }

    @Test("reads a string of the greatest size and refuses a greater one")
    func byteLimit() throws {
        func string(_ count: Int) -> [UInt8] { Array("$\(count)\r\n".utf8) + [UInt8](repeating: 7, count: count) + [13, 10] }
        let limits = ReplyLimits(byteCount: 1_000, elementCount: 10)
        #expect(try Self.replies([string(1_000)], limits: limits) == [.string([UInt8](repeating: 7, count: 1_000))])
        #expect(throws: RedisError(.connectionLost, message: "")) { try Self.replies([string(1_001)], limits: limits) }
        #expect(throws: RedisError(.connectionLost, message: "")) {
            try Self.replies([Array("*2\r\n".utf8) + string(600) + string(600)], limits: limits)
        }
        // A reply that never ends is noticed before it is whole.
        #expect(throws: RedisError(.connectionLost, message: "")) {
            try Self.replies(
                [Array("$1000000\r\n".utf8)] + Array(repeating: [UInt8](repeating: 7, count: 100), count: 20), limits: limits)
        }
    }

    @Test("counts elements per reply, not per connection")
    func elementLimit() throws {
        let one = Array("*2\r\n:1\r\n:2\r\n".utf8)
        let replies = try Self.replies(Array(repeating: one, count: 1_000), limits: ReplyLimits(byteCount: 100, elementCount: 3))
        #expect(replies.count == 1_000)
    }

    @Test("survives bytes that were changed at random, in pieces of random sizes")
    func fuzz() throws {
        var generator = SeededGenerator(seed: TestRun.seed)
        let alphabet = Array("*$:+-\r\n0123456789ab\0\u{7F}".utf8)
        for _ in 0..<TestRun.count(3_000, long: 100_000) {
            var bytes = Array(String(repeating: Self.stream, count: 2).utf8)
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                let place = Int.random(in: 0..<bytes.count, using: &generator)
                switch Int.random(in: 0...2, using: &generator) {
                case 0: bytes[place] = alphabet.randomElement(using: &generator) ?? 0
                case 1: bytes.insert(alphabet.randomElement(using: &generator) ?? 0, at: place)
                default: bytes.remove(at: place)
                }
            }
            var pieces: [[UInt8]] = []
            while !bytes.isEmpty {
                let count = Int.random(in: 1...bytes.count, using: &generator)
                pieces.append(Array(bytes.prefix(count)))
                bytes.removeFirst(count)
            }
            // Either replies or the one error: nothing traps, and the pieces make no difference.
            let whole = Result { () throws(RedisError) in try Self.replies([pieces.flatMap { $0 }]) }
            let split = Result { () throws(RedisError) in try Self.replies(pieces) }
            #expect((try? whole.get()) == (try? split.get()), "seed \(generator.seed)")
        }
    }
}
