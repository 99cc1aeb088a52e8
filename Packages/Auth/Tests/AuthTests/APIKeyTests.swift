import Cryptography
import Identity
import Testing

@testable import Auth

@Suite("API key")
struct APIKeyTests {
    @Test("has the documented form")
    func form() throws {
        let key = try APIKey()
        #expect(key.text.utf8.count == 50)
        #expect(key.text.hasPrefix("gth_"))
        #expect(key.text.dropFirst(4).utf8.allSatisfy { Self.isBase62($0) })
        #expect(key.publicID.text == key.text.dropFirst(4).prefix(8))
        #expect(key.digest == SHA256.hash(key.text.utf8))
    }

    @Test("is accepted when it comes back")
    func roundTrip() throws {
        for _ in 0..<100 {
            let key = try APIKey()
            #expect(APIKey(key.text)?.digest == key.digest)
        }
    }

    @Test("is refused with any one character changed, added or missing")
    func wrongTail() throws {
        let text = Array(try APIKey().text.utf8)
        for position in text.indices {
            var changed = text
            changed[position] = changed[position] == UInt8(ascii: "a") ? UInt8(ascii: "b") : UInt8(ascii: "a")
            #expect(APIKey(String(decoding: changed, as: UTF8.self)) == nil)
        }
        #expect(APIKey(String(decoding: text.dropLast(), as: UTF8.self)) == nil)
        #expect(APIKey(String(decoding: text + text.suffix(1), as: UTF8.self)) == nil)
        #expect(APIKey("") == nil)
        #expect(APIKey("gth_") == nil)
        #expect(APIKey(String(repeating: "ü", count: 50)) == nil)
    }

    @Test("does not show its secret by accident")
    func redacted() throws {
        let key = try APIKey()
        let secret = key.text.dropFirst(12)
        for shown in [
            "\(key)", String(reflecting: key), String(describing: [key]), "\(Mirror(reflecting: key).children.map { "\($0)" })",
        ] {
            #expect(!shown.contains(secret))
        }
    }

    @Test("differs from every other key")
    func unique() throws {
        var seen: Set<String> = []
        for _ in 0..<1_000 { seen.insert(try APIKey().text) }
        #expect(seen.count == 1_000)
    }

    private static func isBase62(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"):
            true
        default: false
        }
    }
}
