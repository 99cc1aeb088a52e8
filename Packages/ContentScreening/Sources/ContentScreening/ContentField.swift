public import StrictJSON

/// One value of a submission, under the name by which its author knows it.
///
/// Values are decoded: what is scanned is what would be stored, not how it was written in the request.
public struct ContentField: Sendable {
    enum Value: Sendable {
        case text(String)
        case json(JSONValue)
    }

    /// The declared name, such as `solution_text`; it is told to the author, so it never comes from a request.
    public let name: String
    /// The place in a list, counted from 0; `nil` for a value of its own.
    public let index: Int?

    let value: Value
    /// Whether personal data is what the field is for.
    let isPersonal: Bool

    private init(_ name: String, index: Int?, value: Value, isPersonal: Bool) {
        self.name = name
        self.index = index
        self.value = value
        self.isPersonal = isPersonal
    }

    /// A text.
    ///
    /// - Parameters:
    ///   - name: Its declared name.
    ///   - text: The text.
    ///   - index: Its place in a list.
    ///   - isPersonal: Whether personal data is what the field is for, as in an e-mail address; it is then neither counted nor
    ///     told. Default false.
    public static func text(_ name: String, _ text: String, at index: Int? = nil, isPersonal: Bool = false) -> ContentField {
        ContentField(name, index: index, value: .text(text), isPersonal: isPersonal)
    }

    /// A value with structure: all its strings, keys and numbers, each value together with its key.
    ///
    /// - Parameters:
    ///   - name: Its declared name.
    ///   - value: The value.
    public static func json(_ name: String, _ value: JSONValue) -> ContentField {
        ContentField(name, index: nil, value: .json(value), isPersonal: false)
    }
}

/// What people wrote and want to have stored.
public protocol Screenable: Sendable {
    /// Every value in it that its author chose freely; what is not named here is not scanned.
    var contentFields: [ContentField] { get }
}
