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
            let known = self.properties.map(\.name)
            let unknown = arguments.keys.filter { key in !known.contains { $0.hasSameBytes(as: key) } }
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
        if let number = value.asNumber {
            if let minimum = self.minimum, number < minimum.comparable { faults.append("is less than \(minimum.text)") }
            if let maximum = self.maximum, number > maximum.comparable { faults.append("is more than \(maximum.text)") }
        }
        if let values = self.values, !values.contains(value) { faults.append("is none of the allowed values") }
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

extension JSONNumber {
    /// The value, or an infinity for an integer beyond the range of Double.
    fileprivate var comparable: Double {
        self.doubleValue ?? (self.text.utf8.first == UInt8(ascii: "-") ? -.infinity : .infinity)
    }
}

extension JSONValue {
    fileprivate var asNumber: Double? {
        switch self {
        case .number(let number): number.comparable
        case .bool(let flag): flag ? 1 : 0
        default: nil
        }
    }
}
