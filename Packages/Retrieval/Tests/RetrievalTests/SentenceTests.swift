import Testing

@testable import Retrieval

@Suite("Sentences")
struct SentenceTests {
    @Test(
        "end with marks, and with blank lines",
        arguments: [
            ("One. Two! Three?", ["One.", "Two!", "Three?"]), ("No mark", ["No mark"]), ("", []), (" \n ", []),
            ("Title\n\nText goes on\nhere. End", ["Title", "Text goes on\nhere.", "End"]),
            ("He said \"stop.\" Then he left.", ["He said \"stop.\"", "Then he left."]),
            ("v1.2.3 is out. See a.b.", ["v1.2.3 is out.", "See a.b."]), ("東京です。大阪。", ["東京です。", "大阪。"]),
        ])
    func sentences(_ text: String, _ expected: [String]) {
        let sentences = Sentence.all(of: text)
        #expect(sentences.map(\.text) == expected)
        let scalars = Array(text.unicodeScalars)
        for sentence in sentences {
            #expect(String(String.UnicodeScalarView(scalars[sentence.range])) == sentence.text)
        }
    }
}
