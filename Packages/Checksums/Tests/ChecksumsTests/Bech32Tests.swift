import Checksums
import Testing

@Suite("Bech32")
struct Bech32Tests {
    @Test(
        "accepts the valid texts of BIP 173",
        arguments: [
            "A12UEL5L", "a12uel5l", "an83characterlonghumanreadablepartthatcontainsthenumber1andtheexcludedcharactersbio1tt5tgs",
            "abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw", "split1checkupstagehandshakeupstreamerranterredcaperred2y9e3w",
            "?1ezyfcl",
        ])
    func valid(_ text: String) {
        #expect(Bech32.variant(of: text.utf8) == .bech32)
        #expect(Bech32.isValid(text.utf8))
    }

    @Test(
        "tells the valid texts of BIP 350 apart",
        arguments: ["A1LQFN3A", "a1lqfn3a", "abcdef1l7aum6echk45nj3s0wdvt2fg8x9yrzpqzd3ryx", "?1v759aa"])
    func modified(_ text: String) {
        #expect(Bech32.variant(of: text.utf8) == .bech32m)
        #expect(!Bech32.isValid(text.utf8))
    }

    @Test(
        "refuses everything else",
        arguments: ["", "1", "pzry9x0s0muk", "1pzry9x0s0muk", "x1b4n0q5v", "li1dgmt3", "A1G7SGD8", "A12uel5l", "a12uel5m"])
    func invalid(_ text: String) {
        #expect(Bech32.variant(of: text.utf8) == nil)
    }
}
