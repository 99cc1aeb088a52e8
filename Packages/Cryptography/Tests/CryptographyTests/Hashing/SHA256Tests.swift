import Cryptography
import TestKit
import Testing

@Suite("SHA-256")
struct SHA256Tests {
    /// FIPS 180-2, appendix B, and NIST's "SHA Test Vectors for Hashing Byte-Oriented Messages"; the last two from the
    /// contracts of the API keys and of the tool calls.
    static let vectors: [(message: String, digest: String)] = [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
        (
            "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
            "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"
        ),
        ("test-key", "62af8704764faf8ea82fc61ce9c4c3908b6cb97d463a634e9e587d7c885db0ef"),
        (#"{"path": "/data/report.csv"}"#, "6f33e18387611650f1d61508976fb47e5d4aeab74e01b13c650dde1b9fcdb8e2"),
    ]

    @Test("gives the published digests", arguments: Self.vectors)
    func givesPublishedDigests(_ message: String, _ digest: String) {
        #expect(SHA256.hash(message.utf8).hex == digest)
        #expect(SHA256.hash(Array(message.utf8)).description == digest)
    }

    @Test("gives the published digest of a million letters, in one part and in many")
    func hashesLongMessages() {
        let digest = "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
        let letters = [UInt8](repeating: UInt8(ascii: "a"), count: 1_000)
        var hash = SHA256()
        for _ in 0..<1_000 { hash.update(letters) }
        #expect(hash.finalize().hex == digest)
        #expect(SHA256.hash(repeatElement(UInt8(ascii: "a"), count: 1_000_000)).hex == digest)
    }

    @Test("depends on the bytes and not on how they are cut")
    func isIndependentOfParts() {
        var random = SeededGenerator(seed: TestRun.seed)
        for _ in 0..<TestRun.count(50, long: 5_000) {
            let message = (0..<Int.random(in: 0...300, using: &random)).map { _ in UInt8.random(in: .min ... .max, using: &random)
            }
            var hash = SHA256()
            var rest = message[...]
            while !rest.isEmpty {
                let part = rest.prefix(Int.random(in: 0...100, using: &random))
                hash.update(part)
                rest = rest.dropFirst(part.count)
            }
            #expect(hash.finalize() == SHA256.hash(message), "seed \(random.seed)")
        }
    }

    @Test("is a value: a copy goes its own way, and the digest can be taken in between")
    func isValue() {
        var first = SHA256()
        first.update("ab".utf8)
        var second = first
        second.update("c".utf8)
        first.update("x".utf8)
        #expect(second.finalize() == SHA256.hash("abc".utf8))
        #expect(first.finalize() == SHA256.hash("abx".utf8))
        first.update("y".utf8)
        #expect(first.finalize() == SHA256.hash("abxy".utf8))
    }

    @Test("can be used on many threads at once")
    func isThreadSafe() async {
        await withTaskGroup(of: Bool.self) { group in
            for task in 0..<8 {
                group.addTask {
                    let message = Array("message \(task)".utf8)
                    let expected = SHA256.hash(message)
                    return (0..<1_000).allSatisfy { _ in SHA256.hash(message) == expected }
                }
            }
            for await isStable in group { #expect(isStable) }
        }
    }
}

@Suite("SHA-256 digest")
struct SHA256DigestTests {
    let digest = SHA256.hash("abc".utf8)

    @Test("goes through bytes and text and comes back")
    func comesBack() {
        #expect(SHA256Digest(bytes: self.digest.bytes) == self.digest)
        #expect(SHA256Digest(hex: self.digest.hex) == self.digest)
        #expect(SHA256Digest(hex: self.digest.hex.uppercased()) == self.digest)
        #expect(self.digest.bytes.starts(with: [0xBA, 0x78, 0x16, 0xBF]))
        #expect(self.digest.withUnsafeBytes { Array($0) } == self.digest.bytes)
    }

    @Test("refuses another length", arguments: [0, 31, 33, 64])
    func refusesOtherLengths(_ count: Int) {
        #expect(SHA256Digest(bytes: [UInt8](repeating: 0, count: count)) == nil)
        #expect(SHA256Digest(hex: String(repeating: "00", count: count)) == nil)
    }

    @Test("differs in every single bit")
    func differsInEveryBit() {
        for index in 0..<256 {
            var bytes = self.digest.bytes
            bytes[index / 8] ^= 1 << (index % 8)
            #expect(SHA256Digest(bytes: bytes) != self.digest)
        }
        #expect(Set([self.digest, SHA256.hash("abc".utf8), SHA256.hash("abd".utf8)]).count == 2)
    }
}
