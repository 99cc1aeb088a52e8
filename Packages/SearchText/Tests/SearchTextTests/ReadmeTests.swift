import SearchText
import Testing

@Suite("README")
struct ReadmeTests {
    @Test("shows what works")
    func example() {
        let words = Tokenizer.words(of: "Réseaux: getElementById()").map(\.whole.lexeme)
        let parts = Tokenizer.words(of: "getElementById").flatMap(\.parts).map(\.lexeme)
        let expression = SearchExpression.all([.phrase(["asyncio", "run"]), .phrase(["timeout"])])

        #expect(words == ["reseaux", "getelementbyid"])
        #expect(parts == ["get", "element", "by", "id"])
        #expect(expression.fts5 == #"("asyncio run" AND "timeout")"#)
        #expect(expression.tsquery == "(('asyncio' <-> 'run') & 'timeout')")
    }
}
