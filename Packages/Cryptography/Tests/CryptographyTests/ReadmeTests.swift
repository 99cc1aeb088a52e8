import Cryptography
import Testing

@Suite("README of Cryptography")
struct ReadmeTests {
    @Test("has an example that works")
    func exampleWorks() throws {
        let lookUp = SHA256.hash("test-key".utf8).hex  // 62af8704…5db0ef

        let ring = SecretKeyring(current: try ServerSecret.random())
        let sealed = try ring.seal("arguments".utf8, for: .approval, context: Array("request-1".utf8))
        let opened = try ring.open(sealed, for: .approval, context: Array("request-1".utf8))

        let signature = try ring.sign("head 42".utf8, for: KeyPurpose("audit.head"))
        let isOurs = try ring.isValid(signature, for: "head 42".utf8, purpose: KeyPurpose("audit.head"))

        #expect(lookUp.hasPrefix("62af8704") && lookUp.hasSuffix("5db0ef"))
        #expect(opened == Array("arguments".utf8))
        #expect(isOurs)
    }
}
