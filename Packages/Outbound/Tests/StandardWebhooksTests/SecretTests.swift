import Cryptography
import StandardWebhooks
import Testing

@Suite("Webhook secrets")
struct SecretTests {
    static func text(byteCount: Int, prefix: String = "whsec_") -> String {
        prefix + Base64.encode([UInt8](repeating: 7, count: byteCount))
    }

    @Test("of 24 to 64 bytes are read, and written as they were", arguments: [24, 25, 32, 64])
    func areRead(_ byteCount: Int) throws {
        let text = Self.text(byteCount: byteCount)
        #expect(try WebhookSecret(parsing: text).text == text)
    }

    @Test(
        "in another form are refused",
        arguments: [
            "", "whsec_", Self.text(byteCount: 23), Self.text(byteCount: 65), Self.text(byteCount: 32, prefix: "WHSEC_"),
            Self.text(byteCount: 32, prefix: "whsk_"), Self.text(byteCount: 32, prefix: ""),
            String(Self.text(byteCount: 32).dropLast()), Self.text(byteCount: 32) + "\n", "whsec_é",
        ])
    func areRefused(_ text: String) {
        #expect(throws: WebhookError(.invalidSecret, message: "")) { try WebhookSecret(parsing: text) }
    }

    @Test("are random and never shown")
    func areRandomAndHidden() throws {
        let secret = try WebhookSecret.random()
        #expect(try secret != WebhookSecret.random())
        #expect(try WebhookSecret(parsing: secret.text) == secret)
        let tail = String(secret.text.dropFirst(6))
        var dumped = ""
        dump(secret, to: &dumped)
        for shown in ["\(secret)", String(reflecting: secret), dumped] { #expect(!shown.contains(tail)) }
    }
}
