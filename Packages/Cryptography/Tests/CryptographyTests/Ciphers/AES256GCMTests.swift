import Cryptography
import Testing

@Suite("AES-256-GCM")
struct AES256GCMTests {
    struct Vector: CustomTestStringConvertible {
        let name: String
        let key: String
        let nonce: String
        let plaintext: String
        let context: String
        let ciphertext: String
        let tag: String

        var testDescription: String { self.name }
    }

    /// McGrew and Viega, "The Galois/Counter Mode of Operation (GCM)", appendix B, as submitted to NIST.
    static let vectors = [
        Vector(
            name: "test case 13", key: String(repeating: "00", count: 32), nonce: String(repeating: "00", count: 12),
            plaintext: "",
            context: "", ciphertext: "", tag: "530f8afbc74536b9a963b4f1c4cb738b"),
        Vector(
            name: "test case 14", key: String(repeating: "00", count: 32), nonce: String(repeating: "00", count: 12),
            plaintext: String(repeating: "00", count: 16), context: "", ciphertext: "cea7403d4d606b6e074ec5d3baf39d18",
            tag: "d0d1c8a799996bf0265b98b5d48ab919"),
        Vector(
            name: "test case 15", key: "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
            nonce: "cafebabefacedbaddecaf888",
            plaintext: """
                d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72
                1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b391aafd255
                """, context: "",
            ciphertext: """
                522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa
                8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662898015ad
                """, tag: "b094dac5d93471bdec1a502270e3cc6c"),
        Vector(
            name: "test case 16", key: "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
            nonce: "cafebabefacedbaddecaf888",
            plaintext: """
                d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72
                1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39
                """, context: "feedfacedeadbeeffeedfacedeadbeefabaddad2",
            ciphertext: """
                522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa
                8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662
                """, tag: "76fc6ece0f4e1768cddf8853bb2d551b"),
    ]

    @Test("seals and opens as published", arguments: Self.vectors)
    func sealsAsPublished(_ vector: Vector) throws {
        let cipher = try AES256GCM(key: SecretBytes(try bytes(vector.key)))
        let plaintext = try bytes(vector.plaintext)
        let context = try bytes(vector.context)
        let expected = try bytes(vector.nonce + vector.ciphertext + vector.tag)
        #expect(try cipher.seal(plaintext, context: context, nonce: try bytes(vector.nonce)) == expected)
        #expect(try cipher.open(expected, context: context) == plaintext)
    }

    @Test("opens what it sealed, whatever the length", arguments: [0, 1, 15, 16, 17, 1_000, 1_000_000])
    func opensWhatItSealed(_ count: Int) throws {
        let cipher = try AES256GCM(key: SecretBytes.random())
        let message = [UInt8](repeating: 7, count: count)
        let sealed = try cipher.seal(message, context: "row 1".utf8)
        #expect(sealed.count == count + AES256GCM.overhead)
        #expect(try cipher.open(sealed, context: "row 1".utf8) == message)
    }

    @Test("takes a new nonce each time")
    func takesNewNonces() throws {
        let cipher = try AES256GCM(key: SecretBytes.random())
        let nonces = try Set((0..<1_000).map { _ in try Array(cipher.seal("same".utf8).prefix(12)) })
        #expect(nonces.count == 1_000)
    }

    @Test("refuses every changed bit and every cut")
    func refusesChanges() throws {
        let cipher = try AES256GCM(key: SecretBytes.random())
        let sealed = try cipher.seal("message".utf8, context: "row 1".utf8)
        for index in 0..<(sealed.count * 8) {
            var changed = sealed
            changed[index / 8] ^= 1 << (index % 8)
            #expect(throws: CryptographyError(.authenticationFailed, message: "")) {
                try cipher.open(changed, context: "row 1".utf8)
            }
        }
        for count in 0..<sealed.count {
            let code: CryptographyError.Code = count < AES256GCM.overhead ? .malformedInput : .authenticationFailed
            #expect(throws: CryptographyError(code, message: "")) { try cipher.open(sealed.prefix(count), context: "row 1".utf8) }
        }
        #expect(throws: CryptographyError(.authenticationFailed, message: "")) {
            try cipher.open(sealed + [0], context: "row 1".utf8)
        }
    }

    @Test("refuses another context and another key")
    func refusesOtherContext() throws {
        let cipher = try AES256GCM(key: SecretBytes.random())
        let sealed = try cipher.seal("message".utf8, context: "row 1".utf8)
        for context in ["", "row 2", "row 1\0"] {
            #expect(throws: CryptographyError(.authenticationFailed, message: "")) {
                try cipher.open(sealed, context: context.utf8)
            }
        }
        let other = try AES256GCM(key: SecretBytes.random())
        #expect(throws: CryptographyError(.authenticationFailed, message: "")) { try other.open(sealed, context: "row 1".utf8) }
    }

    @Test("refuses keys of another length", arguments: [0, 16, 24, 31, 33])
    func refusesOtherKeys(_ count: Int) {
        #expect(throws: CryptographyError(.invalidKey, message: "")) {
            try AES256GCM(key: SecretBytes([UInt8](repeating: 1, count: count)))
        }
    }

    @Test("refuses a nonce of another length", arguments: [0, 11, 13])
    func refusesOtherNonces(_ count: Int) throws {
        let cipher = try AES256GCM(key: SecretBytes.random())
        #expect(throws: CryptographyError(.invalidLength, message: "")) {
            try cipher.seal("m".utf8, context: [], nonce: [UInt8](repeating: 0, count: count))
        }
    }
}
