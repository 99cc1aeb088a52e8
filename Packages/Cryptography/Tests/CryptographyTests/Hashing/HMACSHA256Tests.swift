import Cryptography
import Testing

@Suite("HMAC-SHA256")
struct HMACSHA256Tests {
    struct Vector: CustomTestStringConvertible {
        let name: String
        let key: String
        let message: String
        let code: String

        var testDescription: String { self.name }
    }

    /// RFC 4231, section 4; test case 5 gives the first 16 bytes only.
    static let vectors = [
        Vector(
            name: "RFC 4231 test case 1", key: String(repeating: "0b", count: 20), message: "4869205468657265",
            code: "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
        Vector(
            name: "RFC 4231 test case 2", key: "4a656665", message: "7768617420646f2079612077616e7420666f72206e6f7468696e673f",
            code: "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
        Vector(
            name: "RFC 4231 test case 3", key: String(repeating: "aa", count: 20), message: String(repeating: "dd", count: 50),
            code: "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"),
        Vector(
            name: "RFC 4231 test case 4", key: "0102030405060708090a0b0c0d0e0f10111213141516171819",
            message: String(repeating: "cd", count: 50), code: "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"),
        Vector(
            name: "RFC 4231 test case 5", key: String(repeating: "0c", count: 20),
            message: "546573742057697468205472756e636174696f6e", code: "a3b6167473100ee06e0c796c2955552b"),
        Vector(
            name: "RFC 4231 test case 6", key: String(repeating: "aa", count: 131),
            message: """
                54657374205573696e67204c6172676572205468616e20426c6f636b2d53697a65204b6579202d2048617368204b6579204669727374
                """, code: "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"),
        Vector(
            name: "RFC 4231 test case 7", key: String(repeating: "aa", count: 131),
            message: """
                5468697320697320612074657374207573696e672061206c6172676572207468616e20626c6f636b2d73697a65206b657920616e6420
                61206c6172676572207468616e20626c6f636b2d73697a6520646174612e20546865206b6579206e6565647320746f20626520686173
                686564206265666f7265206265696e6720757365642062792074686520484d414320616c676f726974686d2e
                """, code: "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"),
        Vector(
            name: "empty key and message", key: "", message: "",
            code: "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"),
    ]

    @Test("gives the published codes", arguments: Self.vectors)
    func givesPublishedCodes(_ vector: Vector) throws {
        let hmac = try HMACSHA256(key: SecretBytes(try bytes(vector.key)))
        let message = try bytes(vector.message)
        #expect(try hmac.code(for: message).hex.hasPrefix(vector.code))
        // The same key serves any number of messages.
        #expect(try hmac.code(for: message) == hmac.code(for: message))
    }

    /// A signature that an older client expects of the tool gateway.
    @Test("signs a tool call as its servers check it")
    func signsToolCall() throws {
        let body = SHA256.hash(#"{"path": "/tmp/file.txt"}"#.utf8).hex
        let parts = ["2026-11-20T21:52:36.972357+00:00", "req-123", "agent-1", "acme-prod", "fs.read", body]
        let hmac = try HMACSHA256(key: SecretBytes(["shared", "secret"].joined(separator: "-").utf8))
        let code = try hmac.code(for: parts.joined(separator: "\n").utf8)
        #expect(code.hex == "617075f823a952a7b64802984f881ff1979567bc8b0fb3fe65a8464ee2f1d1be")
    }

    @Test("tells right codes from wrong ones")
    func checksCodes() throws {
        let hmac = try HMACSHA256(key: SecretBytes.random())
        let code = try hmac.code(for: "message".utf8)
        #expect(try hmac.isValid(code, for: "message".utf8))
        #expect(try !hmac.isValid(code, for: "massage".utf8))
        #expect(try !HMACSHA256(key: SecretBytes.random()).isValid(code, for: "message".utf8))
    }

    @Test("can be used on many threads at once")
    func isThreadSafe() async throws {
        let hmac = try HMACSHA256(key: SecretBytes.random())
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for task in 0..<8 {
                group.addTask {
                    let message = Array("message \(task)".utf8)
                    let expected = try hmac.code(for: message)
                    return try (0..<500).allSatisfy { _ in try hmac.code(for: message) == expected }
                }
            }
            for try await isStable in group { #expect(isStable) }
        }
    }
}
