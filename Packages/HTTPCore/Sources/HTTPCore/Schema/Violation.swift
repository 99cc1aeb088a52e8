import StrictJSON

/// One way in which a request breaks the declared shape.
///
/// Types and sentences follow those that existing clients know (CONTRACTS §1.0): `missing` with "Field required",
/// `string_too_long` with "String should have at most 500 characters", and so on.
public struct Violation: Sendable, Equatable {
    /// One step of the way to the offending value.
    public enum Step: Sendable, Equatable {
        case name(String)
        case index(Int)
    }

    /// Where: `["body", "tags", 3]`.
    public var location: [Step]
    /// The machine-readable kind, such as `missing` or `string_too_long`.
    public var type: String
    /// The rule in words; never the value.
    public var message: String

    /// Creates a violation.
    ///
    /// - Parameters:
    ///   - location: The way to the value, beginning with `body`, `path`, `query` or `header`.
    ///   - type: The machine-readable kind.
    ///   - message: The rule in words.
    public init(at location: [Step], type: String, message: String) {
        self.location = location
        self.type = type
        self.message = message
    }

    /// `tags.3: Input should be a valid string`, without the leading part that says body, path or query.
    var sentence: String {
        var path = ""
        for step in self.location.dropFirst() {
            switch step {
            case .name(let name): path += path.isEmpty ? name : "." + name
            case .index(let index): path += path.isEmpty ? String(index) : "." + String(index)
            }
        }
        return path.isEmpty ? self.message : "\(path): \(self.message)"
    }

    var json: JSONValue {
        let location = self.location.map { step -> JSONValue in
            switch step {
            case .name(let name): .string(name)
            case .index(let index): .integer(index)
            }
        }
        return ["loc": .array(location), "msg": .string(self.message), "type": .string(self.type)]
    }
}
