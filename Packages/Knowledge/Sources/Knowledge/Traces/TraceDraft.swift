public import ContentScreening
public import StrictJSON

/// A trace as its author sends it.
public struct TraceDraft: Sendable {
    /// What it is about, in a line; 1 to 500 characters.
    public var title: String
    /// The situation in which the problem arose; at least one character.
    public var contextText: String
    /// What solved it; at least one character.
    public var solutionText: String
    /// Tags as typed; see ``TagName``.
    public var tags: [String]
    /// The model that helped, if one did; at most 100 characters.
    public var agentModel: String?
    /// Its version; at most 50 characters.
    public var agentVersion: String?
    /// Further facts, an object, such as `{"library": "numpy", "library_version": "2.1.0"}`.
    public var metadata: JSONValue?

    /// Creates a draft.
    public init(
        title: String,
        contextText: String,
        solutionText: String,
        tags: [String] = [],
        agentModel: String? = nil,
        agentVersion: String? = nil,
        metadata: JSONValue? = nil
    ) {
        self.title = title
        self.contextText = contextText
        self.solutionText = solutionText
        self.tags = tags
        self.agentModel = agentModel
        self.agentVersion = agentVersion
        self.metadata = metadata
    }
}

extension TraceDraft: Screenable {
    /// Every member: tags as typed, also those that are dropped later, and the keys of the metadata too.
    public var contentFields: [ContentField] {
        var fields: [ContentField] = [
            .text("title", self.title),
            .text("context_text", self.contextText),
            .text("solution_text", self.solutionText),
        ]
        for (index, tag) in self.tags.enumerated() { fields.append(.text("tags", tag, at: index)) }
        if let model = self.agentModel { fields.append(.text("agent_model", model)) }
        if let version = self.agentVersion { fields.append(.text("agent_version", version)) }
        if let metadata = self.metadata { fields.append(.json("metadata_json", metadata)) }
        return fields
    }
}
