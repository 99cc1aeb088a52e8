public import ContentScreening

/// A report of a trace as its author sends it.
public struct FlagDraft: Sendable {
    /// What the matter is.
    public enum Category: String, Sendable, Hashable, CaseIterable {
        /// Following it does harm.
        case harmful
        /// It is no contribution.
        case spam
        /// It is not right.
        case incorrect
        /// Another trace says the same.
        case duplicate
    }

    /// What the matter is.
    public let category: Category
    /// Why, in the reporter's words; 1 to 1000 characters.
    public let reason: String

    /// Creates a report.
    public init(category: Category, reason: String) {
        self.category = category
        self.reason = reason
    }
}

extension FlagDraft: Screenable {
    /// The reason; the category is one of four words.
    public var contentFields: [ContentField] {
        [.text("reason", self.reason), .text("category", self.category.rawValue)]
    }
}
