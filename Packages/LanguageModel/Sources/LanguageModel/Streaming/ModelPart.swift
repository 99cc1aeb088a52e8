/// What comes out of a stream: texts, and last of all the whole answer.
public enum ModelPart: Sendable, Hashable {
    /// The next part of the text, never empty.
    case text(String)
    /// The end: the whole text with why it ends and what was used up.
    case end(ModelAnswer)
}
