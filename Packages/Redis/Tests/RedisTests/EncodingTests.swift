import NIOCore
import Testing

@testable import Redis

@Suite("Encoding of commands")
struct EncodingTests {
    @Test("gives the bytes that the protocol wants")
    func commands() {
        var buffer = ByteBuffer()
        buffer.write(RedisCommand("SET", "k\u{e9}y", [0, 13, 10] as [UInt8], -12, Int64.min).arguments)
        #expect(
            String(buffer: buffer)
                == "*5\r\n$3\r\nSET\r\n$4\r\nk\u{e9}y\r\n$3\r\n\0\r\n\r\n$3\r\n-12\r\n$20\r\n-9223372036854775808\r\n")
    }

    @Test("counts more arguments than one digit can", arguments: [1, 8, 9, 10, 99, 100, 12_345])
    func manyArguments(_ count: Int) {
        var command = RedisCommand("DEL", minimumCapacity: 0)
        for _ in 0..<count { command.append("a") }
        var buffer = ByteBuffer()
        buffer.write(command.arguments)
        #expect(String(buffer: buffer) == "*\(count + 1)\r\n$3\r\nDEL\r\n" + String(repeating: "$1\r\na\r\n", count: count))
    }

    @Test("puts hash or source, number of keys, keys and arguments of a script in order", arguments: [0, 1, 11])
    func scripts(_ keyCount: Int) {
        let script = RedisScript("return 1")
        var arguments = RedisScriptArguments()
        for number in 0..<keyCount { arguments.append(key: "key\(number % 10)") }
        arguments.append("x")
        arguments.append(7)
        let digits = "\(keyCount)"
        let keys = (0..<keyCount).map { "$4\r\nkey\($0 % 10)\r\n" }.joined()
        let tail = "$\(digits.utf8.count)\r\n\(digits)\r\n\(keys)$1\r\nx\r\n$1\r\n7\r\n"

        var byHash = ByteBuffer()
        byHash.write(script.encoded.byHash, arguments)
        #expect(String(buffer: byHash) == "*\(keyCount + 5)\r\n$7\r\nEVALSHA\r\n$40\r\n\(script.sha1)\r\n\(tail)")

        var bySource = ByteBuffer()
        bySource.write(script.encoded.bySource, arguments)
        #expect(String(buffer: bySource) == "*\(keyCount + 5)\r\n$4\r\nEVAL\r\n$8\r\nreturn 1\r\n\(tail)")
    }

    @Test("writes every number as Swift would", arguments: [0, 1, 9, 10, -1, -9, -10, 99, 100, Int64.max, .min, 1_234_567_890])
    func decimals(_ number: Int64) {
        var bytes: [UInt8] = []
        DecimalForm.append(number, to: &bytes)
        #expect(String(decoding: bytes, as: UTF8.self) == "\(number)")
        #expect(DecimalForm.count(of: number) == bytes.count)
    }
}
