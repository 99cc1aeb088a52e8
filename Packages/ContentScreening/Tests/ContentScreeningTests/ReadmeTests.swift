import ContentScreening
import Testing

@Suite("README example")
struct ReadmeTests {
    struct Note: Screenable {
        let subject: String
        let text: String

        var contentFields: [ContentField] { [.text("subject", self.subject), .text("text", self.text)] }
    }

    @Test("does what it says")
    func example() async throws {
        let gate = ContentGate()
        let note = Note(subject: "Log in", text: #"password = "correct horse 9""#)
        switch try await gate.screen(note) {
        case .admitted(let screened): Issue.record("admitted \(screened.content.subject)")
        case .refused(let refusal): #expect(refusal.message == "Content rejected: Secret Keyword")
        }
    }
}
