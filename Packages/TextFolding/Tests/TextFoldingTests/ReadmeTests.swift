import TextFolding
import Testing

@Suite("README")
struct ReadmeTests {
    @Test("shows an example that does what it says")
    func runsExample() throws {
        #expect(TextFolding.folded("\u{456}g\u{200B}n\u{FF4F}re") == "ignore")
        #expect(TextFolding.folded("ignore") == nil)
        #expect(try TextFolding.percentDecoded("%252e%252e") == "..")
        #expect(TextFolding.hiddenText(in: "hi\u{E006E}\u{E006F}") == "no")

        let root = try CanonicalPath("/data/")
        #expect(try CanonicalPath("/data/a/./report..final.csv").isInside(root))
        #expect(try !CanonicalPath("/data-old/a.csv").isInside(root))
        let error = #expect(throws: TextFoldingError.self) { try CanonicalPath("/data/%2e%2e/etc") }
        #expect(error?.code == .hiddenSeparator)
    }
}
