import Cryptography
import TestKit
import Testing

@Suite("Random tokens")
struct RandomTests {
    @Test("have the length that was asked for", arguments: [0, 1, 2, 31, 32, 43, 1_000])
    func haveLength(_ count: Int) throws {
        #expect(try Random.bytes(count: count).count == count)
        #expect(try Random.base62Text(count: count).utf8.count == count)
        #expect(try Base64URL.decode(Random.base64URLToken(byteCount: count))?.count == count)
    }

    @Test("are filled to the end, beyond one call of the library")
    func areFilled() throws {
        let bytes = try Random.bytes(count: (1 << 20) + 64)
        #expect(bytes.suffix(64).contains { $0 != 0 })
        #expect(bytes.suffix(64) != bytes.prefix(64))
    }

    @Test("differ")
    func differ() throws {
        #expect(try Set((0..<1_000).map { _ in try Random.base64URLToken() }).count == 1_000)
        #expect(try Set((0..<1_000).map { _ in try Random.base62Text(count: 20) }).count == 1_000)
    }

    @Test("use 62 letters and digits, each as often as the others")
    func areEvenlySpread() throws {
        let count = TestRun.count(200_000, long: 20_000_000)
        var counts: [UInt8: Int] = [:]
        for byte in try Random.base62Text(count: count).utf8 { counts[byte, default: 0] += 1 }
        #expect(counts.count == 62)
        #expect(counts.keys.allSatisfy { Character(Unicode.Scalar($0)).isLetter || Character(Unicode.Scalar($0)).isNumber })
        // Chi-squared with 61 degrees of freedom: above 150 once in 10^9 runs. Taking bytes modulo 62 would give about 0.0075
        // times the count, far above.
        let expected = Double(count) / 62
        let distance = counts.values.reduce(0.0) { $0 + (Double($1) - expected) * (Double($1) - expected) / expected }
        #expect(distance < 150)
    }
}

@Suite("Constant-time equality")
struct ConstantTimeTests {
    @Test("is equality")
    func isEquality() {
        #expect(constantTimeEquals([], []))
        #expect(constantTimeEquals([1, 2, 3], [1, 2, 3][...]))
        #expect(constantTimeEquals("token".utf8, Array("token".utf8)))
        #expect(!constantTimeEquals([1, 2, 3], [1, 2]))
        #expect(!constantTimeEquals([], [0]))
        for index in 0..<32 {
            var other = [UInt8](repeating: 5, count: 32)
            other[index] ^= 0x80
            #expect(!constantTimeEquals([UInt8](repeating: 5, count: 32), other))
        }
    }
}

@Suite("Secret bytes")
struct SecretBytesTests {
    @Test("compare by content and tell their length only")
    func areRedacted() throws {
        let secret = SecretBytes([1, 2, 3])
        #expect(secret == SecretBytes([1, 2, 3]))
        #expect(secret != SecretBytes([1, 2, 4]))
        #expect(secret != SecretBytes([1, 2]))
        #expect(secret.count == 3)
        #expect(secret.withUnsafeBytes { Array($0) } == [1, 2, 3])
        var dumped = ""
        dump([secret], to: &dumped)
        for text in ["\(secret)", String(reflecting: secret), dumped] {
            #expect(text.contains("3 secret bytes"))
            #expect(!text.contains("2"))
        }
    }

    @Test("may be empty")
    func mayBeEmpty() {
        #expect(SecretBytes([]).count == 0)
        #expect(SecretBytes([]) == SecretBytes([]))
    }
}
