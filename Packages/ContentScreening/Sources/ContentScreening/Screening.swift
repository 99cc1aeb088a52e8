/// What came of looking through a submission.
public enum Screening<Content: Screenable>: Sendable {
    /// It may be stored.
    case admitted(Screened<Content>)
    /// It may not.
    case refused(ContentRefusal)

    /// The submission if it may be stored.
    public var admitted: Screened<Content>? {
        if case .admitted(let screened) = self { screened } else { nil }
    }

    /// Why it may not be stored, if so.
    public var refusal: ContentRefusal? {
        if case .refused(let refusal) = self { refusal } else { nil }
    }
}

/// A submission that a ``ContentGate`` has looked through.
///
/// Nobody else can make one, so whoever stores people's texts asks for it in place of the bare submission, and no way past the
/// gate is left open.
public struct Screened<Content: Screenable>: Sendable {
    /// The submission as it came; a gate changes nothing.
    public let content: Content
    /// The type names of what was found and let pass, such as `Email Address`; sorted, each once.
    public let notices: [String]

    init(_ content: Content, notices: [String]) {
        self.content = content
        self.notices = notices
    }
}

/// Why a submission may not be stored: types and field names, never a value.
public struct ContentRefusal: Hashable, Sendable {
    /// What is wrong with one field.
    public struct Fault: Hashable, Sendable {
        /// The declared name of the field.
        public let name: String
        /// Its place in a list, counted from 0.
        public let index: Int?
        /// The type names, sorted, each once.
        public let types: [String]

        package init(name: String, index: Int?, types: [String]) {
            self.name = name
            self.index = index
            self.types = types
        }
    }

    /// The fields at fault in the order of the submission, at most ``maximumFaults``; never empty.
    public let faults: [Fault]
    /// The type names of all fields, sorted, each once.
    public let types: [String]
    /// Whether a field could not be looked through completely, and so is treated as if it held a secret.
    public let isIncomplete: Bool

    /// The number of fields after which further ones at fault are not listed any more.
    public static let maximumFaults = 100

    /// What to tell the author: `Content rejected: AWS Access Key, Secret Keyword` (CONTRACTS §4.4).
    public var message: String { "Content rejected: \(self.types.joined(separator: ", "))" }
}
