/// What a model said.
public struct ModelAnswer: Sendable, Hashable {
    /// Why it stopped; the set is open.
    public enum FinishReason: Sendable, Hashable {
        /// It had said everything.
        case stop
        /// The limit of tokens cut it off.
        case length
        /// The endpoint withheld the rest.
        case contentFilter
        /// Another reason, or none was given.
        case other

        init(_ word: String?) {
            switch word {
            case "stop": self = .stop
            case "length": self = .length
            case "content_filter": self = .contentFilter
            default: self = .other
            }
        }
    }

    /// The text; may be empty.
    public var text: String
    /// Why it ends here.
    public var finishReason: FinishReason
    /// What was used up.
    public var usage: TokenUsage

    /// An answer.
    public init(text: String, finishReason: FinishReason, usage: TokenUsage) {
        self.text = text
        self.finishReason = finishReason
        self.usage = usage
    }
}
