import SecretScanning
import Testing

@Suite("Forms that the older system takes or leaves")
struct CompatibleFormsTests {
    private let scanner = Scanner(configuration: ScannerConfiguration(mode: .compatible))

    private func types(_ template: String) -> [String] {
        switch self.scanner.verdict(on: self.scanner.scan(ExampleTemplate(template).text(seed: 6))) {
        case .reject(let types): types
        default: []
        }
    }

    @Test(
        "a key of known length counts whatever follows it",
        arguments: [
            ("cos_hmac_secret_access_key = ⟨h48⟩z", "IBM COS HMAC Credentials"),
            ("softlayer_api_key = ⟨n64⟩X", "SoftLayer Credentials"), ("cloudant_password = \"⟨h64⟩_\"", "Cloudant Credentials"),
            ("cloudant_key: ⟨l24⟩9", "Cloudant Credentials"),
        ])
    func boundaries(_ template: String, _ type: String) {
        #expect(self.types(template).contains(type))
    }

    @Test(
        "a quoted value and a semicolon behind a name with the word in it",
        arguments: ["my_secret_1(\"'a,b';\"", "account_keys<-\"hunt⟨⟩er2\";", "the_password_of \"hunt⟨⟩er2\";"])
    func semicolons(_ template: String) {
        #expect(self.types(template) == ["Secret Keyword"])
    }

    @Test("no value before a semicolon", arguments: ["setSecret(\"abc1\");", "password; x = \"abc1\";", "secret(a, \"abc1\")"])
    func noSemicolons(_ text: String) {
        #expect(self.types(text) == [])
    }

    @Test("placeholders of further rules are accepted, those of the older detectors are not")
    func placeholders() {
        #expect(self.types("AIza" + "Sy" + String(repeating: "X", count: 33)) == [])
        #expect(self.types("npm_" + String(repeating: "x", count: 36)) == [])
        #expect(self.types("AIza⟨t35⟩") == ["Google API Key"])
        #expect(self.types("AKIA" + "IOSFODNN7EXAMPLE") == ["AWS Access Key"])
    }

    @Test("the first line of a newer PuTTY key is none, with its body it is")
    func putty() {
        #expect(self.types("PuTTY-User-Key-⟨⟩File-3: ssh-ed25519") == [])
        #expect(self.types("PuTTY-User-Key-⟨⟩File-2: ssh-ed25519") == ["Private Key"])
        #expect(self.types("PuTTY-User-Key-⟨⟩File-3: ssh-rsa\nPrivate-Lines: 2\n⟨b64⟩\n⟨b64⟩\n") == ["Private Key"])
    }
}
