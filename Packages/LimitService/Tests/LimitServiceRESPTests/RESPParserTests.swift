import NIOCore
import TestKit
import Testing

@testable import LimitServiceRESP

@Suite("RESP parser")
struct RESPParserTests {
    /// What comes out of a stream of bytes.
    private enum Item: Equatable {
        case command([[UInt8]])
        case violation(String)
    }

    /// Reads all commands, given the bytes in pieces that end at `cuts`.
    private func items(_ bytes: [UInt8], cuts: [Int] = [], limits: RESPConfiguration.Limits = .init()) -> [Item] {
        var parser = RESPParser()
        var items: [Item] = []
        var start = 0
        for end in cuts + [bytes.count] {
            while true {
                // A buffer of its own, so that reading behind its end shows under the sanitizer.
                let piece = Array(bytes[start..<end])
                let outcome = piece.withUnsafeBytes { raw in
                    let outcome = parser.next(in: raw, limits: limits)
                    if case .request = outcome, !parser.parts.isEmpty {
                        let request = RESPRequest(bytes: raw, parts: parser.parts)
                        items.append(.command((0..<request.count).map { Array(request[$0]) }))
                    }
                    return outcome
                }
                if case .violation(let reason) = outcome { return items + [.violation(reason)] }
                guard case .request(let byteCount) = outcome else { break }
                start += byteCount
            }
        }
        return items
    }

    private func command(_ words: String...) -> Item { .command(words.map { Array($0.utf8) }) }

    @Test("reads arrays of bulk strings and inline commands, one behind the other")
    func readsCommands() {
        let bytes = Array(
            "*2\r\n$4\r\nECHO\r\n$3\r\na\r\n\r\nPING\r\n*1\r\n$0\r\n\r\n  echo  'a b' \"\" \n*0\r\n*-1\r\n\r\nx\r\n".utf8)
        #expect(
            self.items(bytes) == [
                self.command("ECHO", "a\r\n"), self.command("PING"), self.command(""), self.command("echo", "a b", ""),
                self.command("x"),
            ])
    }

    @Test("reads the same commands however the bytes are cut")
    func readsCutCommands() {
        let bytes = Array("*3\r\n$4\r\nECHO\r\n$12\r\nabcdefghijkl\r\n$0\r\n\r\nPING 'x y'\r\n*1\r\n$4\r\nQUIT\r\n".utf8)
        let whole = self.items(bytes)
        #expect(whole.count == 3)
        for cut in 0...bytes.count {
            #expect(self.items(bytes, cuts: [cut]) == whole, "cut at \(cut)")
        }
        #expect(self.items(bytes, cuts: Array(0..<bytes.count)) == whole)
    }

    @Test(
        "says what is wrong with bytes that are no command",
        arguments: [
            ("*x\r\n", "invalid multibulk length"), ("*\r\n", "invalid multibulk length"),
            ("*1025\r\n", "invalid multibulk length"),
            ("*99999999999999999999\r\n", "invalid multibulk length"), ("*1\n$4\r\n", "invalid multibulk length"),
            ("*1\r\n:4\r\n", "expected '$', got ':'"), ("*1\r\n\u{1}4\r\n", "expected '$', got '?'"),
            ("*1\r\n$-1\r\n", "invalid bulk length"), ("*1\r\n$-9223372036854775808\r\n", "invalid bulk length"),
            ("*1\r\n$524289\r\n", "invalid bulk length"), ("*1\r\n$9223372036854775807\r\n", "invalid bulk length"),
            ("*1\r\n$1 \r\n", "invalid bulk length"), ("*1\r\n$\r\n", "invalid bulk length"),
            ("*1\r\n$4\r\nPINGPONG\r\n", "expected CRLF behind a bulk string"),
            ("PING 'a\r\n", "unbalanced quotes in request"), ("PING 'a'b\r\n", "unbalanced quotes in request"),
            ("PING \"a\\\"b\"\r\n", "unbalanced quotes in request"), ("POST / HTTP/1.1\r\n", "this is no HTTP"),
            ("Host: x\r\n", "this is no HTTP"),
        ])
    func tellsViolations(_ text: String, _ reason: String) {
        #expect(self.items(Array(text.utf8)) == [.violation(reason)])
        #expect(self.items(Array(text.utf8), cuts: Array(0..<text.utf8.count)) == [.violation(reason)])
    }

    @Test("bounds a command before its bytes have come")
    func bounds() {
        var limits = RESPConfiguration.Limits()
        limits.requestBytes = 100
        limits.inlineBytes = 20
        limits.arguments = 3
        #expect(self.items(Array("*2\r\n$80\r\n".utf8), limits: limits) == [])
        #expect(self.items(Array("*2\r\n$90\r\n".utf8), limits: limits) == [.violation("too big request")])
        #expect(self.items(Array(repeating: 0x61, count: 21), limits: limits) == [.violation("too big inline request")])
        #expect(self.items(Array(repeating: 0x61, count: 20), limits: limits) == [])
        #expect(self.items(Array("a b c d\r\n".utf8), limits: limits) == [.violation("too many arguments in an inline request")])
        let strict = limits.unauthenticated
        #expect(strict.bulkBytes == 16 << 10 && strict.arguments == 3)
    }

    @Test("never reads behind the bytes, never traps, and never depends on the cuts, whatever the bytes")
    func fuzz() {
        var generator = SeededGenerator(seed: TestRun.seed)
        let alphabet = Array("**$$\r\n\r\n0123456789-PING 'a\"\\\u{0}:".utf8)
        for round in 0..<TestRun.count(20_000, long: 2_000_000) {
            var bytes: [UInt8] = []
            for _ in 0..<Int.random(in: 0...6, using: &generator) {
                if Bool.random(using: &generator) {
                    let words = (0..<Int.random(in: 0...3, using: &generator)).map { _ in
                        String(repeating: "w", count: Int.random(in: 0...12, using: &generator))
                    }
                    bytes += Array(TestClient.framed(words).utf8)
                } else {
                    bytes += (0..<Int.random(in: 0...9, using: &generator)).map { _ in
                        alphabet.randomElement(using: &generator) ?? 0
                    }
                }
            }
            for _ in 0..<Int.random(in: 0...2, using: &generator) {
                guard let place = bytes.indices.randomElement(using: &generator) else { break }
                bytes[place] = alphabet.randomElement(using: &generator) ?? 0
            }
            let cuts = (0..<Int.random(in: 0...4, using: &generator)).map { _ in
                Int.random(in: 0...bytes.count, using: &generator)
            }
            let whole = self.items(bytes)
            let cut = self.items(bytes, cuts: cuts.sorted())
            #expect(whole == cut, "seed \(generator.seed), round \(round): \(bytes), cuts \(cuts)")
            if whole != cut { return }
        }
    }

    @Test(
        "reads whole numbers only where they are",
        arguments: [
            ("0", 0), ("-0", 0), ("+7", 7), ("007", 7), ("9223372036854775807", .max), ("-9223372036854775808", .min),
            ("9223372036854775808", nil), ("-9223372036854775809", nil), ("18446744073709551616", nil),
            ("99999999999999999999999999", nil), ("", nil), ("-", nil), ("+", nil), ("1.5", nil), (" 1", nil), ("1 ", nil),
            ("1e3", nil), ("0x10", nil), ("--1", nil), ("١", nil),
        ] as [(String, Int64?)])
    func readsIntegers(_ text: String, _ number: Int64?) {
        let bytes = Array(text.utf8)
        let read = bytes.withUnsafeBytes {
            RESPRequest(bytes: $0, parts: [RESPRequest.Part(start: 0, byteCount: bytes.count)]).integer(0)
        }
        #expect(read == number)
    }

    @Test("writes every integer as its digits")
    func writesIntegers() {
        var numbers: [Int64] = [0, 1, 9, -1, -9, .max, .min]
        var power: Int64 = 10
        for _ in 0..<18 {
            numbers += [power - 1, power, power + 1, -power]
            power = power.multipliedReportingOverflow(by: 10).partialValue
        }
        var writer = RESPWriter()
        for number in numbers { writer.writeInteger(number) }
        #expect(String(buffer: writer.buffer) == numbers.map { ":\($0)\r\n" }.joined())
        var five = RESPWriter()
        five.writeFive(.min, .max, .min, .max, .min)
        #expect(five.byteCount == 4 + 5 * 3 + 20 * 3 + 19 * 2)
    }
}
