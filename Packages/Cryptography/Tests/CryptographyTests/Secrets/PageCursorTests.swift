import Cryptography
import Testing

@Suite("Cursors of pages")
struct PageCursorTests {
    private let ring: SecretKeyring
    private let list = Array("gatehouse/1/orders/7".utf8)

    init() throws { self.ring = SecretKeyring(current: try ServerSecret.random()) }

    @Test("come back for the list that they were made for", arguments: [[], [7], [Int64.min, Int64.max], [0, -1, 1]])
    func roundTrip(_ numbers: [Int64]) throws {
        let cursor = PageCursor(numbers)
        let text = try cursor.text(for: self.list, by: self.ring)
        #expect(text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") })
        #expect(try PageCursor(text, numbers: numbers.count, for: self.list, by: self.ring) == cursor)
        #expect(try PageCursor(text, numbers: numbers.count + 1, for: self.list, by: self.ring) == nil)
        #expect(try PageCursor(text, numbers: numbers.count, for: self.list + [0x30], by: self.ring) == nil)
        let other = SecretKeyring(current: try ServerSecret.random())
        #expect(try PageCursor(text, numbers: numbers.count, for: self.list, by: other) == nil)
        let rotated = SecretKeyring(current: other.current, older: [self.ring.current])
        #expect(try PageCursor(text, numbers: numbers.count, for: self.list, by: rotated) == cursor)
    }

    @Test("are refused with any bit changed, cut, or made up")
    func refused() throws {
        let text = try PageCursor([1_700_000_000_000_000, 42]).text(for: self.list, by: self.ring)
        let bytes = try #require(Base64URL.decode(text))
        for index in 0..<(bytes.count * 8) {
            var changed = bytes
            changed[index / 8] ^= 1 << (index % 8)
            #expect(try PageCursor(Base64URL.encode(changed), numbers: 2, for: self.list, by: self.ring) == nil)
        }
        for length in 0..<bytes.count {
            #expect(try PageCursor(Base64URL.encode(bytes.prefix(length)), numbers: 2, for: self.list, by: self.ring) == nil)
        }
        for made in ["", "=", "🚪", text + "A", text + "=", String(repeating: "A", count: 1_000_000)] {
            #expect(try PageCursor(made, numbers: 2, for: self.list, by: self.ring) == nil)
        }
    }
}
