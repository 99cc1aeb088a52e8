import ContentScreening
import Knowledge
import StrictJSON
import Testing

@Suite("Trace draft")
struct TraceDraftTests {
    @Test("shows every member to the gate, also those that are added to it one day")
    func everyMember() {
        let draft = TraceDraft(
            title: "t", contextText: "c", solutionText: "s", tags: ["a", "b"], agentModel: "m", agentVersion: "1",
            metadata: ["library": "numpy"])
        let names = draft.contentFields.map(\.name)
        #expect(
            names == [
                "title", "context_text", "solution_text", "tags", "tags", "agent_model", "agent_version", "metadata_json",
            ])
        #expect(Set(names).count == Mirror(reflecting: draft).children.count)
        #expect(draft.contentFields.compactMap(\.index) == [0, 1])
    }
}
