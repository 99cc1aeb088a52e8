import Cryptography
import Testing

@Suite("Secret keyring")
struct SecretKeyringTests {
    let context = Array("request-1".utf8)

    private func secret(_ byte: UInt8) throws -> ServerSecret {
        try ServerSecret(SecretBytes((0..<32).map { byte &+ $0 }))
    }

    private func text(_ byte: UInt8) -> String {
        Base64.encode((0..<32).map { byte &+ $0 })
    }

    @Test("opens what it sealed for the same purpose and context only")
    func opensWhatItSealed() throws {
        let ring = SecretKeyring(current: try ServerSecret.random())
        let sealed = try ring.seal("arguments".utf8, for: .approval, context: self.context)
        #expect(sealed.count == 9 + SecretKeyring.sealingOverhead)
        #expect(try ring.open(sealed, for: .approval, context: self.context) == Array("arguments".utf8))
        #expect(throws: CryptographyError(.authenticationFailed, message: "")) {
            try ring.open(sealed, for: .approval, context: [])
        }
        for purpose in [KeyPurpose.cursor, .digest, .session, .credential] {
            #expect(throws: CryptographyError(.authenticationFailed, message: "")) {
                try ring.open(sealed, for: purpose, context: self.context)
            }
        }
    }

    @Test("refuses every changed bit")
    func refusesChanges() throws {
        let ring = SecretKeyring(current: try self.secret(1))
        let sealed = try ring.seal("m".utf8, for: .cursor)
        for index in 0..<(sealed.count * 8) {
            var changed = sealed
            changed[index / 8] ^= 1 << (index % 8)
            let code: CryptographyError.Code =
                switch index / 8 {
                case 0: .malformedInput
                case 1...8: .unknownKey
                default: .authenticationFailed
                }
            #expect(throws: CryptographyError(code, message: "")) { try ring.open(changed, for: .cursor) }
        }
        for count in 0..<SecretKeyring.sealingOverhead {
            #expect(throws: CryptographyError(.malformedInput, message: "")) { try ring.open(sealed.prefix(count), for: .cursor) }
        }
    }

    @Test("reads older work during a rotation and seals with the new secret")
    func rotates() throws {
        let before = SecretKeyring(current: try self.secret(1))
        let sealed = try before.seal("old".utf8, for: .session)
        let signature = try before.sign("old".utf8, for: .digest)

        let during = SecretKeyring(current: try self.secret(2), older: [try self.secret(1)])
        #expect(try during.open(sealed, for: .session) == Array("old".utf8))
        #expect(try during.isValid(signature, for: "old".utf8, purpose: .digest))
        #expect(during.isSealedWithOlderSecret(sealed))
        let anew = try during.seal("new".utf8, for: .session)
        #expect(!during.isSealedWithOlderSecret(anew))
        #expect(!during.isSealedWithOlderSecret([]))
        #expect(throws: CryptographyError(.unknownKey, message: "")) { try before.open(anew, for: .session) }

        let after = SecretKeyring(current: try self.secret(2))
        #expect(try after.open(anew, for: .session) == Array("new".utf8))
        #expect(throws: CryptographyError(.unknownKey, message: "")) { try after.open(sealed, for: .session) }
        #expect(try !after.isValid(signature, for: "old".utf8, purpose: .digest))
    }

    @Test("signs the same message alike, and finds changed ones invalid")
    func signs() throws {
        let ring = SecretKeyring(current: try self.secret(1))
        let signature = try ring.sign("message".utf8, for: .digest)
        #expect(signature.count == SecretKeyring.signatureBytes)
        #expect(try ring.sign("message".utf8, for: .digest) == signature)
        #expect(try ring.isValid(signature, for: "message".utf8, purpose: .digest))
        #expect(try !ring.isValid(signature, for: "massage".utf8, purpose: .digest))
        #expect(try !ring.isValid(signature, for: "message".utf8, purpose: .cursor))
        #expect(try !ring.isValid([], for: "message".utf8, purpose: .digest))
        #expect(try !ring.isValid(signature + [0], for: "message".utf8, purpose: .digest))
        for index in 0..<(signature.count * 8) {
            var changed = signature
            changed[index / 8] ^= 1 << (index % 8)
            #expect(try !ring.isValid(changed, for: "message".utf8, purpose: .digest))
        }
    }

    /// Computed with Python's `hmac` from the rules in the documentation; if it changes, nothing sealed before can be read.
    @Test("derives the keys that it always derived")
    func isStable() throws {
        let secret = try self.secret(0)
        #expect(secret.id.description == "902b4b9d511ee3ec")
        let ring = SecretKeyring(current: secret)
        #expect(
            Hex.encode(try ring.sign("message".utf8, for: .digest))
                == "01902b4b9d511ee3ec4d4465321de2ce200851498d46ed74afac598374d39abca3bb9b052a33979236")
        let sealed = try bytes("01902b4b9d511ee3ec6465666768696a6b6c6d6e6feac1af566b03ce814ebdf29f785ab55b8142a59a043392a2c1")
        #expect(try ring.open(sealed, for: .approval, context: self.context) == Array("arguments".utf8))
        #expect(
            try secret.key(for: .cursor).withUnsafeBytes { Hex.encode($0) }
                == "121e250a9d2c2cf74ad3c5227bc56dfc4f4366015ddbdb56f28143d8d7737553")
    }

    @Test("has a key of its own for every purpose and use")
    func separatesPurposes() throws {
        let secret = try self.secret(1)
        #expect(try secret.key(for: .digest) == self.secret(1).key(for: .digest))
        #expect(try secret.key(for: .digest) != secret.key(for: .cursor))
        #expect(try secret.key(for: KeyPurpose("audit.head")) != secret.key(for: KeyPurpose("audit.hea")))
        #expect(try secret.key(for: .digest) != self.secret(2).key(for: .digest))
    }

    @Test("reads one secret or several")
    func parses() throws {
        #expect(try SecretKeyring(parsing: self.text(1)).current.id == self.secret(1).id)
        let ring = try SecretKeyring(parsing: " \(self.text(2)) ,\(self.text(1))\n")
        #expect(try ring.current.id == self.secret(2).id)
        #expect(try ring.older.map(\.id) == [self.secret(1).id])
    }

    @Test("reads both alphabets of base64, with and without padding")
    func parsesBothAlphabets() throws {
        let bytes = [UInt8](repeating: 0xFB, count: 32)
        let id = try ServerSecret(SecretBytes(bytes)).id
        for text in [
            Base64.encode(bytes), Base64URL.encode(bytes), String(Base64.encode(bytes).dropLast()), Base64URL.encode(bytes) + "=",
        ] {
            #expect(try ServerSecret(base64: text).id == id)
        }
    }

    @Test("says what is wrong with a setting, without the setting")
    func explains() {
        let good = self.text(1)
        let cases: [(text: String, message: String)] = [
            ("", "secret 1 of 1: the server secret is empty"),
            ("\(good),", "secret 2 of 2: the server secret is empty"),
            ("\(good),\(good)", "secret 2 of 2 stands there twice"),
            (String(good.dropLast(4)), "secret 1 of 1: a server secret has 32 bytes, not 30"),
            (good + good.prefix(4), "secret 1 of 1: the server secret is no valid base64 (48 characters)"),
            ("pass" + "word!", "secret 1 of 1: the server secret is no valid base64 (9 characters)"),
            (String(repeating: "0", count: 64), "secret 1 of 1: a server secret has 32 bytes, not 48"),
        ]
        for (text, message) in cases {
            let error = #expect(throws: CryptographyError.self) { try SecretKeyring(parsing: text) }
            #expect(error?.code == .invalidKey)
            #expect(error?.message == message)
        }
    }

    @Test("tells ids, never secrets")
    func isRedacted() throws {
        let ring = SecretKeyring(current: try self.secret(1), older: [try self.secret(2)])
        let id = try self.secret(1).id.description
        #expect(id.utf8.count == 16)
        #expect(try "\(ring)" == "<keyring of \(id), \(self.secret(2).id)>")
        #expect("\(ring.current)" == "<server secret \(id)>")
        var dumped = ""
        dump(ring, to: &dumped)
        let reflected = String(reflecting: ring)
        for shape in [String(self.text(1).dropLast()), Hex.encode((1...8).map { UInt8($0) }), "- 7"] {
            #expect(!dumped.contains(shape))
            #expect(!reflected.contains(shape))
        }
    }
}
