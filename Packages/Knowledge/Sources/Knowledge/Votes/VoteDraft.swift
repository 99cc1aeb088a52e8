public import ContentScreening
public import StrictJSON

/// A vote as the voter sends it.
public struct VoteDraft: Sendable {
    /// Whether the trace helped.
    public let kind: Vote.Kind
    /// What is wrong with it.
    public let feedbackTag: Vote.FeedbackTag?
    /// Why, in the voter's words; at most 5000 characters.
    public let feedbackText: String?
    /// Where the voter met it, an object of at most 10 000 characters.
    public let context: JSONValue?

    /// Creates a draft.
    ///
    /// - Returns: `nil` for a down vote that names no fault.
    public init?(
        _ kind: Vote.Kind, feedbackTag: Vote.FeedbackTag? = nil, feedbackText: String? = nil, context: JSONValue? = nil
    ) {
        if kind == .down, feedbackTag == nil { return nil }
        self.kind = kind
        self.feedbackTag = feedbackTag
        self.feedbackText = feedbackText
        self.context = context
    }

    /// What `votes.context_json` holds: `{"feedback_tag": "wrong", "voter_context": {"os": "linux"}}`, or nothing.
    var stored: String? {
        var members: [(String, JSONValue)] = []
        if let tag = self.feedbackTag { members.append(("feedback_tag", .string(tag.rawValue))) }
        if let context = self.context { members.append(("voter_context", context)) }
        return members.isEmpty ? nil : JSONValue.object(JSONObject(members)).description
    }
}

extension VoteDraft: Screenable {
    /// Every member but the kind, which is one of two words.
    public var contentFields: [ContentField] {
        var fields: [ContentField] = []
        if let tag = self.feedbackTag { fields.append(.text("feedback_tag", tag.rawValue)) }
        if let text = self.feedbackText { fields.append(.text("feedback_text", text)) }
        if let context = self.context { fields.append(.json("voter_context", context)) }
        return fields
    }
}
