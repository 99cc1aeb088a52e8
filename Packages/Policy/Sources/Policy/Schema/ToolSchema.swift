import Patterns
import StrictJSON

/// What the arguments of a tool must look like.
struct ToolSchema: Sendable {
    enum Kind: String, Sendable, CaseIterable {
        case string, integer, number, boolean, array, object
    }

    struct Property: Sendable {
        let name: String
        let kind: Kind?
        let pattern: Pattern?
        let maximumLength: Int?
        let minimumLength: Int?
        let minimum: JSONNumber?
        let maximum: JSONNumber?
        let values: [JSONValue]?
        /// Whether the value is kept as a keyed digest only.
        let isSensitive: Bool
    }

    let tool: String
    let required: [String]
    let properties: [Property]
    let allowsAdditional: Bool
    private let known: Set<TextKey>

    init(tool: String, required: [String], properties: [Property], allowsAdditional: Bool) {
        self.tool = tool
        self.required = required
        self.properties = properties
        self.allowsAdditional = allowsAdditional
        self.known = Set(properties.map { TextKey($0.name) })
    }

    /// All faults of the arguments, ordered by the names of the schema, unknown arguments last and by their bytes.
    func violations(of arguments: JSONObject) throws(EvaluationFailure) -> [SchemaViolation] {
        var violations: [SchemaViolation] = []
        for name in self.required where arguments.position(of: name) == nil {
            violations.append(SchemaViolation(argument: name, message: "is required"))
        }
        for property in self.properties {
            guard let value = arguments[property.name] else { continue }
            for message in try property.faults(of: value) {
                violations.append(SchemaViolation(argument: property.name, message: message))
            }
        }
        if !self.allowsAdditional {
            let unknown = arguments.keys.filter { !self.known.contains(TextKey($0)) }
                .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
            for name in unknown.prefix(Self.maximumUnknown) {
                violations.append(SchemaViolation(argument: name, message: "is not known to the tool", isUnknown: true))
            }
        }
        return violations
    }

    /// So many unknown arguments are named.
    private static let maximumUnknown = 20
}

/// One fault of arguments against the schema of their tool.
public struct SchemaViolation: Hashable, Sendable, CustomStringConvertible {
    /// The name of the argument, without what could break a line or hide, and cut after 64 characters if it is longer than 128 bytes.
    public let argument: String
    /// What is wrong, such as `is required`; it repeats no value.
    public let message: String
    /// Whether the name is the caller's own, as the schema does not have it; keep such names out of logs and records.
    public let isUnknown: Bool

    init(argument: String, message: String, isUnknown: Bool = false) {
        // An unknown argument may have any name.
        let isPlain = argument.utf8.count <= 128 && argument.unicodeScalars.allSatisfy(Self.isVisible)
        self.argument =
            isPlain ? argument : String(argument.unicodeScalars.prefix(64).map { Self.isVisible($0) ? Character($0) : "?" })
        self.message = message
        self.isUnknown = isUnknown
    }

    private static func isVisible(_ scalar: Unicode.Scalar) -> Bool { (0x20...0x7E).contains(scalar.value) }

    /// `'path' is required`.
    public var description: String { "'\(self.argument)' \(self.message)" }
}

extension ToolSchema.Property {
    fileprivate func faults(of value: JSONValue) throws(EvaluationFailure) -> [String] {
        var faults: [String] = []
        if let kind = self.kind, !kind.accepts(value) {
            faults.append("must be of type \(kind.rawValue)")
            return faults
        }
        if case .string(let text) = value {
            if self.maximumLength != nil || self.minimumLength != nil {
                let length = text.unicodeScalars.count
                if let limit = self.maximumLength, length > limit { faults.append("has more than \(limit) characters") }
                if let limit = self.minimumLength, length < limit { faults.append("has fewer than \(limit) characters") }
            }
            if let pattern = self.pattern {
                do {
                    if try !pattern.matchesWhole(text) { faults.append("does not match the pattern of the schema") }
                } catch {
                    throw EvaluationFailure(message: "the pattern for the argument \(self.name) gave no answer: \(error.message)")
                }
            }
        }
        if self.minimum != nil || self.maximum != nil, let values = value.asNumber?.exactValues {
            if let minimum = self.minimum, values.contains(where: { $0 < ExactDecimal(minimum.text) }) {
                faults.append("is less than \(minimum.text)")
            }
            if let maximum = self.maximum, values.contains(where: { $0 > ExactDecimal(maximum.text) }) {
                faults.append("is more than \(maximum.text)")
            }
        }
        if let values = self.values, !values.contains(where: { value.isListed(as: $0) }) {
            faults.append("is none of the allowed values")
        }
        return faults
    }
}

extension ToolSchema.Kind {
    /// A boolean passes for a number, as in the system whose policies are read (Python's `bool` is an `int`).
    fileprivate func accepts(_ value: JSONValue) -> Bool {
        switch (self, value) {
        case (.string, .string), (.boolean, .bool), (.array, .array), (.object, .object): true
        case (.integer, .number(let number)): number.isInteger
        case (.number, .number): true
        case (.integer, .bool), (.number, .bool): true
        default: false
        }
    }
}

extension JSONValue {
    /// The number that a value counts as; a boolean counts as 0 or 1.
    fileprivate var asNumber: JSONNumber? {
        switch self {
        case .number(let number): number
        case .bool(let flag): JSONNumber(flag ? 1 : 0)
        default: nil
        }
    }

    /// Whether the value is one that a schema lists: of the same kind, numbers by what they are worth, however they are written.
    fileprivate func isListed(as listed: JSONValue) -> Bool {
        guard case (.number(let number), .number(let other)) = (self, listed) else { return self == listed }
        return number.isExactly(other)
    }
}
