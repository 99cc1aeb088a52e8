import ContentScreening
import ContentScreeningTestSupport
import PrometheusMetrics
import SecretScanning
import StrictJSON
import Testing

@Suite("Content gate")
struct ContentGateTests {
    struct Note: Screenable {
        var contentFields: [ContentField]

        init(_ fields: ContentField...) { self.contentFields = fields }
        init(_ fields: [ContentField]) { self.contentFields = fields }
    }

    static let gate = ContentGate()
    let canary = Canary(seed: 7)

    @Test("refuses what the older system refuses", arguments: ContractLine.flagged)
    func flagged(_ line: ContractLine) async throws {
        for seed in UInt64(1)...5 {
            let refusal = try #require(try await Self.gate.screen(Note(.text("text", line.text(seed: seed)))).refusal)
            #expect(refusal.types.contains(try #require(line.type)))
            #expect(refusal.faults == [.init(name: "text", index: nil, types: refusal.types)])
        }
    }

    @Test("admits what the older system admits", arguments: ContractLine.passed)
    func passed(_ line: ContractLine) async throws {
        #expect(try await Self.gate.screen(Note(.text("text", line.text()))).admitted != nil)
    }

    @Test("finds a credential in text and in structure, however it is written", arguments: Canary.Layer.allCases)
    func layers(_ layer: Canary.Layer) async throws {
        let text = self.canary.text(in: layer)
        #expect(text.utf8.count <= 50)
        for field in [ContentField.text("f", text), .json("f", ["a": ["b": [.string(text)]]]), .json("f", ["\(text)": 1])] {
            let refusal = try #require(try await Self.gate.screen(Note(field)).refusal)
            #expect(refusal.message == "Content rejected: AWS Access Key")
        }
    }

    @Test("takes a value together with its key in structure, and not in separate fields")
    func keys() async throws {
        let value = "hunt" + "er22"
        #expect(try await Self.gate.screen(Note(.json("f", ["password": .string(value)]))).refusal?.types == ["Secret Keyword"])
        #expect(try await Self.gate.screen(Note(.text("password", value))).admitted != nil)
    }

    @Test("names each field at fault, with its place in a list, and the types of all in their order")
    func faults() async throws {
        let token = ExampleTemplate("ghp_⟨a36⟩").text(seed: 1)
        let note = Note(.text("a", token), .text("b", "fine"), .text("c", "\(self.canary.secret) \(token)", at: 3))
        let refusal = try #require(try await Self.gate.screen(note).refusal)
        #expect(
            refusal.faults == [
                .init(name: "a", index: nil, types: ["GitHub Token"]),
                .init(name: "c", index: 3, types: ["AWS Access Key", "GitHub Token"]),
            ])
        #expect(refusal.types == ["AWS Access Key", "GitHub Token"])
        #expect(!refusal.isIncomplete)
        #expect(!"\(refusal)".contains(self.canary.secret) && !String(reflecting: refusal).contains(token))
    }

    @Test("lists a bounded number of fields, and the types of all")
    func manyFaults() async throws {
        let note = Note(
            (0..<200).map { .text("tags", self.canary.secret, at: $0) } + [
                .text("last", ExampleTemplate("ghp_⟨a36⟩").text(seed: 1))
            ])
        let refusal = try #require(try await Self.gate.screen(note).refusal)
        #expect(refusal.faults.count == ContentRefusal.maximumFaults)
        #expect(refusal.types == ["AWS Access Key", "GitHub Token"])
    }

    @Test("tells of personal data and lets it pass, whatever the configuration says", arguments: ScanMode.allCases)
    func personalData(_ mode: ScanMode) async throws {
        let note = Note(.text("text", "mail anna@corp.de"), .text("email", "jo@corp.de", isPersonal: true))
        for gate in [ContentGate(mode: mode), ContentGate(ScannerConfiguration(mode: mode, policies: [.pii: .block]))] {
            #expect(try #require(try await gate.screen(note).admitted).notices == ["Email Address"])
            let expected = Note(.text("email", "jo@corp.de", isPersonal: true))
            #expect(try #require(try await gate.screen(expected).admitted).notices == [])
        }
    }

    @Test("refuses a credential where personal data is expected")
    func credentialInAddress() async throws {
        let note = Note(.text("email", "\(self.canary.secret)@x.example", isPersonal: true))
        #expect(try await Self.gate.screen(note).refusal?.types == ["AWS Access Key"])
    }

    @Test("admits a page full of addresses, and refuses what holds more than it looks at")
    func manyFindings() async throws {
        let line = "anna@corp.de\n"
        let page = String(repeating: line, count: 50_000 / line.utf8.count)
        #expect(try await Self.gate.screen(Note(.text("text", page))).admitted?.notices == ["Email Address"])
        // Line ends are escapes there, and each find is led back over them.
        let structure = JSONValue.string(String(page.prefix(9_980)))
        #expect(try await Self.gate.screen(Note(.json("text", ["text": structure]))).admitted?.notices == ["Email Address"])
        let refusal = try #require(
            try await Self.gate.screen(Note(.text("text", String(repeating: line, count: 30_000)))).refusal)
        #expect(refusal.types == [Verdict.incompleteScan] && refusal.isIncomplete)
        #expect(refusal.message == "Content rejected: Incomplete Scan")
    }

    @Test("finds a credential wherever in a long text it stands", arguments: [0, 1, 65_520, 65_536, 131_071, 300_000])
    func longText(_ offset: Int) async throws {
        let filler = "Some words of a long text, and no more. "
        let before = String(String(repeating: filler, count: offset / filler.count + 1).suffix(offset))
        let after = String(repeating: filler, count: 5_000)
        let refusal = try await Self.gate.screen(Note(.text("text", "\(before) \(self.canary.secret) \(after)"))).refusal
        #expect(refusal?.types == ["AWS Access Key"])
        #expect(try await Self.gate.screen(Note(.text("text", before + after))).admitted != nil)
    }

    @Test("refuses what takes more work than allowed")
    func work() async throws {
        let gate = ContentGate(ScannerConfiguration(mode: .compatible, baseWork: 0, workPerByte: 1))
        let refusal = try #require(
            try await gate.screen(Note(.text("text", String(repeating: "password ", count: 200)), .text("more", "x"))).refusal)
        #expect(refusal.types == ["Incomplete Scan"] && refusal.isIncomplete)
    }

    @Test("refuses quoted digests in one mode and passes them in the other, and tokens in both")
    func modes() async throws {
        let digest = Note(.text("text", ExampleTemplate("sha = \"⟨h64⟩\"").text(seed: 1)))
        let token = Note(.text("text", ExampleTemplate("ghp_⟨crc36⟩").text(seed: 1)))
        let other = ContentGate(mode: .default)
        #expect(try await Self.gate.screen(digest).refusal != nil)
        #expect(try await other.screen(digest).admitted != nil)
        #expect(try await Self.gate.screen(token).refusal != nil)
        #expect(try await other.screen(token).refusal != nil)
    }

    @Test("counts findings by type, group and action, and submissions by outcome; labels hold nothing of a text")
    func metrics() async throws {
        let registry = PrometheusRegistry()
        let gate = ContentGate(metrics: try ContentMetrics(registry: registry))
        let note = Note(.text("a", "\(self.canary.secret) anna@corp.de"), .text("b", "jo@corp.de"))
        _ = try await gate.screen(note)
        _ = try await gate.screen(Note(.text("a", "fine")))
        _ = try await gate.screen(Note(.text("a", String(repeating: "ann@corp.de ", count: 25_000))))
        let text = String(decoding: registry.render(), as: UTF8.self)
        for line in [
            #"gatehouse_content_findings_total{action="blocked",group="compatible",type="AWS Access Key"} 1.0"#,
            #"gatehouse_content_findings_total{action="reported",group="pii",type="Email Address"} 20002.0"#,
            #"gatehouse_content_screenings_total{outcome="admitted"} 1.0"#,
            #"gatehouse_content_screenings_total{outcome="refused"} 1.0"#,
            #"gatehouse_content_screenings_total{outcome="incomplete"} 1.0"#,
        ] {
            #expect(text.contains(line), "\(line)")
        }
        #expect(!text.contains(self.canary.secret) && !text.contains("corp"))
    }

    @Test("ends with a cancelled task, and counts nothing")
    func cancelled() async throws {
        let registry = PrometheusRegistry()
        let gate = ContentGate(metrics: try ContentMetrics(registry: registry))
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await gate.screen(Note(.text("a", "fine")))
        }
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(String(decoding: registry.render(), as: UTF8.self).contains(#"{outcome="admitted"} 0.0"#))
    }
}
