import Testing

@testable import HTTPCore

@Suite("Percent-encoding")
struct PercentEncodingTests {
    @Test("splits a query by bytes, not by what a reader sees as letters")
    func combining() {
        // An accent behind a separator would melt with it into one character.
        let pairs = PercentEncoding.pairs(inQuery: "a=1&\u{301}b=2&c=\u{301}3")
        #expect(pairs.map { "\($0.name)|\($0.value)" } == ["a|1", "\u{301}b|2", "c|\u{301}3"])
    }
}
