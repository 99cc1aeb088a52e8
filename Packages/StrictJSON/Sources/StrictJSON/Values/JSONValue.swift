/// One JSON value: what a request said, or what a response is going to say.
///
/// Two values are equal when their sorted forms (``sortedBytes()``) are the same bytes: the order of members does not
/// count, strings and keys are compared by their UTF-8 bytes and never by Unicode normalisation, `1` and `1.0` differ,
/// `1.0` and `1.00` do not. Equality, hashing and writing descend by recursion; what a parser made is at most
/// ``JSONParsingOptions/greatestDepth`` levels deep, which fits the smallest thread stacks, and values built by hand
/// should stay as flat.
public enum JSONValue: Sendable {
    /// `null`.
    case null
    /// `true` or `false`.
    case bool(Bool)
    /// An integer or a float, with its exact text.
    case number(JSONNumber)
    /// A string, unescaped.
    case string(String)
    /// An array.
    case array([JSONValue])
    /// An object, its members in the order in which they were written.
    case object(JSONObject)

    /// The kinds of value, with integers and floats told apart; the raw value is the word to use in a message.
    public enum Kind: String, Hashable, Sendable {
        case null, boolean, integer, float, string, array, object
    }

    /// What kind of value this is.
    public var kind: Kind {
        switch self {
        case .null: .null
        case .bool: .boolean
        case .number(let number): number.isInteger ? .integer : .float
        case .string: .string
        case .array: .array
        case .object: .object
        }
    }
}

extension JSONValue: Hashable {
    /// Whether both values have the same sorted form.
    public static func == (left: JSONValue, right: JSONValue) -> Bool {
        switch (left, right) {
        case (.null, .null): true
        case (.bool(let left), .bool(let right)): left == right
        case (.number(let left), .number(let right)): left == right
        case (.string(let left), .string(let right)): left.hasSameBytes(as: right)
        case (.array(let left), .array(let right)): left == right
        case (.object(let left), .object(let right)): left == right
        default: false
        }
    }

    /// Feeds the hasher so that equal values hash alike.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(self.kind)
        switch self {
        case .null: break
        case .bool(let flag): hasher.combine(flag)
        case .number(let number): hasher.combine(number)
        case .string(let text): hasher.combine(UTF8Key(text))
        case .array(let elements): hasher.combine(elements)
        case .object(let object): hasher.combine(object)
        }
    }
}
