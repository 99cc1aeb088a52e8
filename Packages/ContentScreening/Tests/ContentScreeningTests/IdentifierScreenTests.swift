import ContentScreening
import ContentScreeningTestSupport
import SecretScanning
import Testing

@Suite("Identifiers of clients")
struct IdentifierScreenTests {
    private static let screen = IdentifierScreen()

    @Test(
        "with a credential in them are unfit",
        arguments: [
            "AKIA⟨u16⟩", "ghp_⟨crc36⟩", "req-ghp_⟨crc36⟩", "github_pat_⟨a22⟩_⟨a59⟩", "glpat-⟨a20⟩", "xox⟨⟩b-⟨d12⟩-⟨d12⟩-⟨n24⟩",
            "sk_live⟨⟩_⟨a24⟩", "SG.⟨a22⟩.⟨a43⟩", "AIza⟨a35⟩", "npm_⟨crc36⟩", "sk-ant-api03-⟨a93⟩AA", "⟨jwt⟩", "dop_v1_⟨h64⟩",
        ])
    func unfit(_ template: String) {
        for seed in UInt64(1)...20 {
            #expect(!Self.screen.isFit(ExampleTemplate(template).text(seed: seed)), "\(template) with seed \(seed)")
        }
    }

    @Test("hide a credential in no layer", arguments: Canary.Layer.allCases)
    func layers(_ layer: Canary.Layer) {
        for seed in UInt64(1)...20 { #expect(!Self.screen.isFit(Canary(seed: seed).text(in: layer))) }
    }

    @Test(
        "as clients make them are fit",
        arguments: [
            "", "1", "r1", "⟨h8⟩-⟨h4⟩-⟨h4⟩-⟨h4⟩-⟨h12⟩", "⟨h32⟩", "⟨H32⟩", "⟨U26⟩", "req_⟨a24⟩", "⟨a21⟩", "⟨d19⟩", "job.42.try-3",
            "Root-1-⟨h8⟩-⟨h24⟩", "2026-11-20T10.00.00Z_worker-7", "password-reset-⟨h12⟩", "⟨t128⟩", "00-⟨h32⟩-⟨h16⟩-01",
        ])
    func fit(_ template: String) {
        for seed in UInt64(1)...20 {
            let id = ExampleTemplate(template).text(seed: seed)
            #expect(Self.screen.isFit(id), "\(id)")
        }
    }

    @Test("too long to be looked at are unfit")
    func long() {
        #expect(
            Self.screen.isFit(String(repeating: "z", count: 1_024)) && !Self.screen.isFit(String(repeating: "z", count: 1_025)))
    }
}
