public import ContentScreening

/// An amendment as its author sends it.
public struct AmendmentDraft: Sendable {
    /// The better solution; 1 to 50 000 characters.
    public let improvedSolution: String
    /// Why it is better; 1 to 5000 characters.
    public let explanation: String

    /// Creates a draft.
    public init(improvedSolution: String, explanation: String) {
        self.improvedSolution = improvedSolution
        self.explanation = explanation
    }
}

extension AmendmentDraft: Screenable {
    /// Both texts.
    public var contentFields: [ContentField] {
        [.text("improved_solution", self.improvedSolution), .text("explanation", self.explanation)]
    }
}
