import SecretScanning
import Testing

@Suite("Rule examples")
struct RuleExampleTests {
    static let scanner = Scanner(rules: .all)

    @Test("every true example is found by its rule, every false one is not", arguments: RuleSet.all.rules.map(\.id))
    func examples(_ id: String) throws {
        let rule = try #require(RuleSet.all[id])
        #expect(!rule.trueExamples.isEmpty && !rule.falseExamples.isEmpty)
        for seed in UInt64(1)...20 {
            for example in rule.trueExamples {
                let text = ExampleTemplate(example).text(seed: seed)
                let found = Self.scanner.scan(text).findings
                #expect(found.contains { $0.rule == id || $0.type == rule.type }, "\(example) with seed \(seed)")
            }
            for example in rule.falseExamples {
                let text = ExampleTemplate(example).text(seed: seed)
                let found = Self.scanner.scan(text).findings
                #expect(!found.contains { $0.rule == id }, "\(example) with seed \(seed)")
            }
        }
    }
}
