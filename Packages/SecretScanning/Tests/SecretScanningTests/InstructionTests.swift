import SecretScanning
import Testing

@Suite("Values in instructions and templates")
struct InstructionTests {
    private let scanner = Scanner()

    private func values(_ template: String) -> [String] {
        let text = Array(ExampleTemplate(template).text(seed: 1).utf8)
        let report = self.scanner.scan(text)
        return report.findings.filter { $0.confidence >= .medium }.map { String(decoding: text[$0.secretSpan], as: UTF8.self) }
    }

    @Test(
        "of images are found wherever they stand on the line",
        arguments: [
            ("ENV DB_PASSWORD=hunt⟨⟩er22", "hunter22"), ("FROM x\n  ENV A=1 DB_PASSWORD=hunt⟨⟩er22 B=2\nRUN y", "hunter22"),
            ("ENV DB_PASSWORD hunt⟨⟩er22 horse 9\r\nRUN y", "hunter22 horse 9"), ("ENV DB_PASSWORD \"hunt⟨⟩er22\"\n", "hunter22"),
            ("ENV A=1 \\\n  B=2 \\\n  DB_PASSWORD=hunt⟨⟩er22 \\\n  C=3", "hunter22"),
            ("ENV A=1 \\\r\n  DB_PASSWORD=hunt⟨⟩er22\r\n", "hunter22"), ("ARG API_TOKEN=hunt⟨⟩er22", "hunter22"),
            ("ENV DB_PASSWORD=\"hunt⟨⟩er22\"", "hunter22"), ("ENV db_password=hunt⟨⟩er22", "hunter22"),
        ])
    func instructions(_ template: String, _ value: String) {
        #expect(self.values(template) == [value])
    }

    @Test("of several on one line are all found")
    func several() {
        #expect(
            self.values("ENV PASSWORD=hunt⟨⟩er22 \\\nSECRET=hunt⟨⟩er23 API_TOKEN=hunt⟨⟩er24\nX_SECRET=hunt⟨⟩er25")
                == ["hunter22", "hunter23", "hunter24"])
    }

    @Test(
        "of other lines, variables, paths and names of things are not",
        arguments: [
            "RUN DB_PASSWORD=hunter22 x", "the ENV DB_PASSWORD=hunter22", "ENV DB_PASSWORD=$PASS", "ENV DB_PASSWORD ${PASS}",
            "ARG DB_PASSWORD", "ENV DB_PASSWORD=", "ENV DB_PASSWORD=/run/secrets/db", "ENV PASSWORD_FILE=secret.txt",
            "ARG DB_PASSWORD hunter22", "ENVIRONMENT DB_PASSWORD=hunter22", "ENV DB_PASSWORD=changeme",
            "ENV A=1\nDB_PASSWORD=hunter22",
        ])
    func others(_ text: String) {
        #expect(self.values(text) == [])
    }

    @Test(
        "that a template takes by default are found",
        arguments: [
            "password: \"${DB_PASSWORD:-hunt⟨⟩er22}\"", "x=${DB_PASSWORD:=hunt⟨⟩er22}",
            "password: \"{{ db_password | default('hunt⟨⟩er22') }}\"",
            "password: '{{ .Values.password | default \"hunt⟨⟩er22\" }}'",
        ])
    func defaults(_ template: String) {
        #expect(self.values(template) == ["hunter22"])
    }

    @Test(
        "templates without a value are not",
        arguments: [
            "password: \"${DB_PASSWORD:-}\"", "${DB_PASSWORD:-$OTHER}", "${DB_PASSWORD:-${OTHER}}", "${DB_PASSWORD:?unset}",
            "password: \"{{ db_password | default(other) }}\"", "password: \"{{ db_password }}\"", "${DB_PASSWORD:-/run/x}",
        ])
    func noDefaults(_ text: String) {
        #expect(self.values(text) == [])
    }

    @Test("in compatible mode the verdicts of the older system stand")
    func compatible() {
        let scanner = Scanner(configuration: ScannerConfiguration(mode: .compatible))
        for text in ["ENV DB_PASSWORD=hunter22", "ARG API_TOKEN=hunter22", "x: \"${DB_PASSWORD:-" + "hunter22}\""] {
            #expect(scanner.verdict(on: scanner.scan(text)) == .accept, "\(text)")
        }
    }

    @Test("what prose names between back ticks is no value, and what code puts there is")
    func backTicks() {
        let prose = "What follows the word in names of things that are about a secret: `password_field`, `secretName`."
        #expect(self.values(prose) == [])
        #expect(self.values("/// The header with the api_key: `x9-quiet-stone`") == [])
        for code in [
            "{ password: `hunt⟨⟩er22` }", "    password: `hunt⟨⟩er22`,", "secret = `hunt⟨⟩er22`", "{a, password: `hunt⟨⟩er22`}",
        ] {
            #expect(self.values(code) == ["hunter22"], "\(code)")
        }
    }
}
