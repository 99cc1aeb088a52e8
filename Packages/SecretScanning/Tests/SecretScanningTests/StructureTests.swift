import Checksums
import Cryptography
import SecretScanning
import Testing

@Suite("Checksums and structures of tokens")
struct StructureTests {
    private let scanner = Scanner(rules: .all)

    private func only(_ text: String, _ type: String) -> Finding? {
        let found = self.scanner.scan(text).findings.filter { $0.type == type }
        #expect(found.count == 1, "\(found)")
        return found.first
    }

    private func fill(_ template: String, _ seed: UInt64 = 9) -> String { ExampleTemplate(template).text(seed: seed) }

    /// Base64 for addresses, without padding.
    private func base64(_ bytes: [UInt8]) -> String {
        Base64URL.encode(bytes)
    }

    @Test("a Grafana token carries its checksum: the published sample of its source")
    func grafana() {
        let token = "glsa" + "_yscW25imSKJIuav8zF37RZmnbiDvB05G_" + "fcaaf58a"
        #expect(self.only(token, "Grafana Token")?.checksum == .passed)
        let other = self.only(token.replacing("8a", with: "8b"), "Grafana Token")
        #expect(other?.checksum == .failed && other?.confidence == .medium)
    }

    @Test("a token of a package index is a whole macaroon, or is trusted less")
    func macaroon() {
        func field(_ type: UInt8, _ content: [UInt8]) -> [UInt8] { [type, UInt8(content.count)] + content }
        let identifier = Array("0123abcd-4567-89ab-cdef-0123456789ab".utf8)
        let caveat = Array(#"{"version": 1, "permissions": "user"}"#.utf8)
        let signature = (0..<32).map { UInt8($0 * 7) }
        var bytes: [UInt8] = [2] + field(1, Array("pypi.org".utf8)) + field(2, identifier) + [0]
        bytes += field(2, caveat) + [0] + [0] + field(6, signature)
        let token = "pypi" + "-" + self.base64(bytes)
        #expect(self.only(token, "PyPI Token")?.checksum == .passed)
        #expect(self.only("pypi" + "-" + self.base64(bytes.dropLast()), "PyPI Token")?.checksum == .failed)
        #expect(self.only("pypi" + "-" + self.base64(bytes + [1]), "PyPI Token")?.checksum == .failed)
        // A length that leads out of the text.
        bytes[12] = 0x7F
        #expect(self.only("pypi" + "-" + self.base64(bytes), "PyPI Token")?.checksum == .failed)
    }

    @Test("routable GitLab tokens and Atlassian tokens that carry a right CRC-32 pass")
    func crc() {
        func base36(_ value: UInt32) -> String {
            let text = String(value, radix: 36)
            return String(repeating: "0", count: 7 - text.count) + text
        }
        let body = "glpat" + "-" + self.fill("⟨a27⟩.0r")
        #expect(self.only(body + base36(CRC32.checksum(of: body.utf8)), "GitLab Token")?.checksum == .passed)
        let version = "glpat" + "-" + self.fill("⟨a27⟩.01.0r")
        #expect(self.only(version + base36(CRC32.checksum(of: version.utf8)), "GitLab Token")?.checksum == .passed)
        #expect(self.only(body + "0000001", "GitLab Token")?.confidence == .high)
        let atlassian = "ATATT3" + self.fill("⟨a186⟩")
        let crc = String(CRC32.checksum(of: atlassian.utf8), radix: 16, uppercase: true)
        let tail = String(repeating: "0", count: 8 - crc.count) + crc
        #expect(self.only("\(atlassian)=\(tail)", "Atlassian API Token")?.checksum == .passed)
    }

    @Test("an account of Google's services is known by its object, also with escapes")
    func serviceAccount() throws {
        let pem = self.fill(#"-----BEGIN PRIVATE⟨⟩ KEY-----\n⟨b64⟩\n⟨b64⟩\n-----END PRIVATE⟨⟩ KEY-----\n"#)
        let text = #"{"a": [{"type": "service_account", "project_id": "x", "private_key": "\#(pem)", "client_email": "y"}]}"#
        let report = self.scanner.scanJSON(Array(text.utf8))
        let finding = try #require(report.findings.first { $0.type == "Google Service Account" })
        #expect(finding.keyPath == "/a/0/private_key" && finding.confidence == .high)
        #expect(String(decoding: Array(text.utf8)[finding.secretSpan], as: UTF8.self) == pem)
        #expect(self.scanner.scan(text).types.contains("Google Service Account"))
        let inner = text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        #expect(self.scanner.scanJSON(Array(#"{"t": "\#(inner)"}"#.utf8)).types.contains("Google Service Account"))
        let bytes = self.scanner.redact(Array(text.utf8)).bytes
        #expect(!String(decoding: bytes, as: UTF8.self).contains("BEGIN"))
    }

    @Test("values of Kubernetes secrets are found wherever the kind stands, and those of other objects are not")
    func kubernetes() {
        let value = self.fill("⟨64:s3cret-9x7q2⟩")
        let list =
            "kind: List\nitems:\n- apiVersion: v1\n  data:\n    a: \(value)\n  kind: Secret\n- kind: ConfigMap\n  data:\n    b: \(value)\n"
        let found = self.scanner.scan(list).findings.filter { $0.rule == "kubernetes-secret" }
        #expect(found.count == 1 && found.first.map { list.utf8.prefix($0.secretSpan.lowerBound).count { $0 == 10 } } == 4)
        // A value that stands in for one.
        let placeholder = "kind: Secret\ndata:\n  a: \(self.fill("⟨64:changeme1⟩"))\n"
        #expect(self.scanner.scan(placeholder).findings.allSatisfy { $0.confidence == .low })
        let json = Array(
            #"{"items": [{"data": {"a": "\#(value)", "b": "\#(value)"}, "kind": "Secret"}, {"data": {"c": "\#(value)"}, "kind": "Other"}]}"#
                .utf8)
        #expect(self.scanner.scanJSON(json).findings.map(\.keyPath) == ["/items/0/data/a", "/items/0/data/b"])
    }

    @Test("values with blanks and quotes in them go as a whole")
    func wholeValues() {
        for (text, rest) in [
            ("kind: Secret\nstringData:\n  a: open sesame 99\n  b: 'it is a \"cave\" 7'\n", ["sesame", "99", "cave", "7"]),
            ("curl -u 'ali:open sesame 99' https://x.corp", ["sesame", "99"]),
            ("password = \"don't open 99\"", ["don", "open", "99"]),
        ] {
            let left = String(decoding: self.scanner.redact(Array(text.utf8)).bytes, as: UTF8.self)
            for part in rest { #expect(!left.contains(part), "\(left)") }
        }
    }

    @Test("keys of Azure's services are found by the mark at their fixed place")
    func azure() {
        for template in ["⟨b76⟩+ASt⟨b6⟩==", "⟨b33⟩+ASb⟨b6⟩=", "⟨a52⟩JQQJ9D⟨a28⟩=="] {
            let token = self.fill(template)
            let text = "k=\(token) "
            let found = self.only(text, "Azure Key")
            #expect(found.map { String(decoding: Array(text.utf8)[$0.secretSpan], as: UTF8.self) } == token)
        }
    }

    @Test("words, templates, labels and file names lower the confidence; in compatible mode they are refused all the same")
    func doubtful() {
        let compatible = Scanner(configuration: ScannerConfiguration(mode: .compatible))
        let usual = Scanner()
        for text in [
            "password = \"Password used to make the key\"", "let missingSecret = \"SECRET is not set\"",
            "password = \"x\\(value)\"",
            "password = \"x#{value}\"", "secret = \"x{{ value }}\"", "TLS_PRIVATE_KEY=\"key.pem\"",
            "password_field = \"login-form\"",
            "secret = \"API_SECRET\"", "password = \"abc...\"", "hashed_secret = \"xq81k\"", "password = \"abcdefgh1234567\"",
        ] {
            let report = usual.scan(text)
            #expect(
                report.types.contains("Secret Keyword") && usual.verdict(on: report) == .accept, "\(text): \(report.findings)")
            #expect(compatible.verdict(on: compatible.scan(text)) == .reject(types: ["Secret Keyword"]), "\(text)")
        }
        for text in [
            "password = \"correct horse battery\"", "password = \"Tr0ub4dor&3\"", "secret = \"open sesame\"",
            "client_secret = \"xq81k\"",
        ] {
            #expect(usual.verdict(on: usual.scan(text)) == .reject(types: ["Secret Keyword"]), "\(text)")
        }
    }

    @Test("cards in tables, in longer names and from tests are doubted")
    func cards() {
        func confidence(_ text: String) -> [Confidence] {
            self.scanner.scan(text).findings.filter { $0.rule == "payment-card" }.map(\.confidence)
        }
        let card = "4539 5780 " + "8765 4320"
        #expect(confidence(card) == [.high] && confidence("\(card), \(card)") == [.high, .high])
        #expect(confidence(card.replacing(" ", with: "")) == [.high])
        #expect(confidence("5111 \(card)  9512") == [.low])
        #expect(confidence("fuzzer-\(card.replacing(" ", with: ""))") == [.low])
        #expect(confidence("4539 578087654 320") == [])
        #expect(confidence("4012888888" + "881881") == [.low])
    }

    @Test("a word about a number makes it sure")
    func context() {
        let number = "943 476 " + "5919"
        #expect(self.only(number, "UK NHS Number")?.confidence == .low)
        #expect(self.only("NHS number: \(number)", "UK NHS Number")?.confidence == .high)
        // Off by default, as all numbers of countries.
        #expect(Scanner().scan("NHS number: \(number)").findings.isEmpty)
        #expect(RuleSet.builtIn.including(["uk-nhs-number"])["uk-nhs-number"] != nil)
    }
}
