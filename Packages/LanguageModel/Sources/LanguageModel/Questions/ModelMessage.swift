/// One message of a conversation with a model.
public struct ModelMessage: Sendable, Hashable {
    /// Who speaks; the raw value is the wire word.
    public enum Role: String, Sendable, Hashable {
        /// Tells the model what it is to do.
        case system
        /// Asks.
        case user
        /// Answers: the model's own earlier words.
        case assistant
    }

    /// Who speaks.
    public var role: Role
    /// What is said.
    public var text: String

    /// A message of any role.
    public init(_ role: Role, _ text: String) {
        self.role = role
        self.text = text
    }

    /// What the model is to do.
    public static func system(_ text: String) -> ModelMessage { ModelMessage(.system, text) }

    /// What is asked.
    public static func user(_ text: String) -> ModelMessage { ModelMessage(.user, text) }

    /// What the model said before.
    public static func assistant(_ text: String) -> ModelMessage { ModelMessage(.assistant, text) }
}
