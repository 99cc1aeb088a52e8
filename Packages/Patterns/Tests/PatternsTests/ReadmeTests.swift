import Patterns
import Testing

@Suite("README")
struct ReadmeTests {
    @Test("shows an example that does what it says")
    func runsExample() throws {
        let ticket = try Pattern(#"(?P<project>[A-Z]{2,10})-(?P<number>\d{1,6})"#)

        let match = try #require(try ticket.firstMatch(in: "see GATE-42 for details"))
        #expect(match.range == 4..<11)
        #expect(ticket.groupNumbers["number"].flatMap { match[$0] } == 9..<11)
        #expect(ticket.requiredLiterals?.map(\.text) == ["-"])
        #expect(ticket.maximumLength == 35)

        let error = #expect(throws: PatternError.self) { try Pattern("(a+)+$") }
        #expect(error?.code == .nestedUnboundedRepeat)
    }
}
