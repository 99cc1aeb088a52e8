import Cryptography
import Testing

@Suite("Ed25519")
struct Ed25519Tests {
    struct Vector: CustomTestStringConvertible {
        let name: String
        let seed: String
        let publicKey: String
        let message: String
        let signature: String

        var testDescription: String { self.name }
    }

    /// RFC 8032, section 7.1.
    static let vectors = [
        Vector(
            name: "RFC 8032 test 1", seed: "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
            publicKey: "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", message: "",
            signature: """
                e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155
                5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b
                """),
        Vector(
            name: "RFC 8032 test 2", seed: "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
            publicKey: "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", message: "72",
            signature: """
                92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da
                085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00
                """),
        Vector(
            name: "RFC 8032 test 3", seed: "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
            publicKey: "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", message: "af82",
            signature: """
                6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac
                18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a
                """),
        Vector(
            name: "RFC 8032 test SHA(abc)", seed: "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
            publicKey: "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
            message: """
                ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a
                2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f
                """,
            signature: """
                dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b589
                09351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704
                """),
    ]

    @Test("signs and checks as published", arguments: Self.vectors)
    func signsAsPublished(_ vector: Vector) throws {
        let key = try Ed25519.PrivateKey(seed: SecretBytes(try bytes(vector.seed)))
        let message = try bytes(vector.message)
        let signature = try bytes(vector.signature)
        #expect(try key.publicKey.bytes == bytes(vector.publicKey))
        #expect(try key.sign(message) == signature)
        let publicKey = try Ed25519.PublicKey(bytes: try bytes(vector.publicKey))
        #expect(publicKey == key.publicKey)
        #expect(publicKey.isValid(signature, for: message))
    }

    @Test("refuses changed signatures, messages and keys")
    func refusesChanges() throws {
        let key = try Ed25519.PrivateKey()
        let signature = try key.sign("message".utf8)
        #expect(key.publicKey.isValid(signature, for: "message".utf8))
        #expect(!key.publicKey.isValid(signature, for: "massage".utf8))
        #expect(try !Ed25519.PrivateKey().publicKey.isValid(signature, for: "message".utf8))
        for index in stride(from: 0, to: 512, by: 7) {
            var changed = signature
            changed[index / 8] ^= 1 << (index % 8)
            #expect(!key.publicKey.isValid(changed, for: "message".utf8))
        }
    }

    @Test("refuses signatures of another length", arguments: [0, 1, 63, 65, 128])
    func refusesOtherLengths(_ count: Int) throws {
        let key = try Ed25519.PrivateKey()
        #expect(!key.publicKey.isValid([UInt8](repeating: 0, count: count), for: "message".utf8))
    }

    /// RFC 8032, section 5.1.7: a signature whose second half is not below the order of the group is invalid.
    @Test("refuses the same signature with the order of the group added")
    func refusesMalleableSignatures() throws {
        let order = try bytes("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010")
        let key = try Ed25519.PrivateKey(seed: SecretBytes([UInt8](repeating: 9, count: 32)))
        var signature = try key.sign("message".utf8)
        var carry = 0
        for index in 0..<32 {
            let sum = Int(signature[32 + index]) + Int(order[index]) + carry
            signature[32 + index] = UInt8(truncatingIfNeeded: sum)
            carry = sum >> 8
        }
        #expect(carry == 0)
        #expect(!key.publicKey.isValid(signature, for: "message".utf8))
    }

    @Test("refuses keys of another length", arguments: [0, 31, 33])
    func refusesOtherKeys(_ count: Int) {
        let raw = [UInt8](repeating: 1, count: count)
        #expect(throws: CryptographyError(.invalidKey, message: "")) { try Ed25519.PrivateKey(seed: SecretBytes(raw)) }
        #expect(throws: CryptographyError(.invalidKey, message: "")) { try Ed25519.PublicKey(bytes: raw) }
    }

    @Test("finds nothing valid under bytes that are no point of the curve")
    func survivesOddKeys() throws {
        let signature = try Ed25519.PrivateKey().sign("message".utf8)
        let key = try Ed25519.PublicKey(bytes: [UInt8](repeating: 0xFF, count: 32))
        #expect(!key.isValid(signature, for: "message".utf8))
    }
}
