import StrictJSON

extension Schema {
    /// The number of violations after which the elements of a list are not looked at any more.
    static let maximumViolations = 100

    /// Checks a value against the shape and brings it into its normal form.
    ///
    /// All violations are collected, not only the first; in lists, until there are ``maximumViolations``.
    ///
    /// - Parameters:
    ///   - value: The value from the request.
    ///   - location: The way to the value; unchanged afterwards.
    ///   - violations: Receives what is wrong.
    /// - Returns: The value with lax numbers made whole, UUIDs in canonical form, defaults filled in and undeclared
    ///   members dropped. Meaningless when violations were added.
    func normalised(_ value: JSONValue, at location: inout [Violation.Step], into violations: inout [Violation]) -> JSONValue {
        if self.isNullable, value.isNull { return value }
        switch self.kind {
        case .string(let rule):
            return rule.normalised(value, at: location, into: &violations)
        case .integer(let range):
            return Self.normalisedInteger(value, range: range, at: location, into: &violations)
        case .number:
            return Self.normalisedNumber(value, at: location, into: &violations)
        case .boolean:
            return Self.normalisedBoolean(value, at: location, into: &violations)
        case .array(let element, let maximum):
            return Self.normalisedArray(value, of: element, maximum: maximum, at: &location, into: &violations)
        case .object(let fields):
            return Self.normalisedObject(value, fields: fields, at: &location, into: &violations)
        case .map(let maximum):
            return Self.normalisedMap(value, maximumSerialised: maximum, at: location, into: &violations)
        }
    }

    private static func normalisedInteger(
        _ value: JSONValue,
        range: ClosedRange<Int64>,
        at location: [Violation.Step],
        into violations: inout [Violation]
    ) -> JSONValue {
        let number: Int64
        if let exact = value.int64Value {
            number = exact
        } else if let text = value.stringValue {
            guard let parsed = Int64(text) else {
                let message = "Input should be a valid integer, unable to parse string as an integer"
                violations.append(Violation(at: location, type: "int_parsing", message: message))
                return value
            }
            number = parsed
        } else if let decimal = value.numberValue {
            // Whole numbers beyond 64 bits are out of every range that an operation declares.
            let isWhole = decimal.isInteger
            let message =
                isWhole
                ? "Input should be a valid integer within 64 bits"
                : "Input should be a valid integer, got a number with a fractional part"
            violations.append(Violation(at: location, type: isWhole ? "int_parsing_size" : "int_from_float", message: message))
            return value
        } else {
            violations.append(Violation(at: location, type: "int_type", message: "Input should be a valid integer"))
            return value
        }
        if number < range.lowerBound {
            let message = "Input should be greater than or equal to \(range.lowerBound)"
            violations.append(Violation(at: location, type: "greater_than_equal", message: message))
        } else if number > range.upperBound {
            let message = "Input should be less than or equal to \(range.upperBound)"
            violations.append(Violation(at: location, type: "less_than_equal", message: message))
        }
        return .integer(number)
    }

    private static func normalisedNumber(
        _ value: JSONValue,
        at location: [Violation.Step],
        into violations: inout [Violation]
    ) -> JSONValue {
        if value.numberValue != nil { return value }
        guard let text = value.stringValue else {
            violations.append(Violation(at: location, type: "float_type", message: "Input should be a valid number"))
            return value
        }
        guard let number = JSONNumber(text: text) else {
            let message = "Input should be a valid number, unable to parse string as a number"
            violations.append(Violation(at: location, type: "float_parsing", message: message))
            return value
        }
        return .number(number)
    }

    private static func normalisedBoolean(
        _ value: JSONValue,
        at location: [Violation.Step],
        into violations: inout [Violation]
    ) -> JSONValue {
        if value.boolValue != nil { return value }
        guard let text = value.stringValue else {
            violations.append(Violation(at: location, type: "bool_type", message: "Input should be a valid boolean"))
            return value
        }
        switch text.lowercased() {
        case "true", "1", "yes", "on", "t", "y": return true
        case "false", "0", "no", "off", "f", "n": return false
        default:
            let message = "Input should be a valid boolean, unable to interpret input"
            violations.append(Violation(at: location, type: "bool_parsing", message: message))
            return value
        }
    }

    private static func normalisedArray(
        _ value: JSONValue,
        of element: Schema,
        maximum: Int?,
        at location: inout [Violation.Step],
        into violations: inout [Violation]
    ) -> JSONValue {
        guard let elements = value.arrayValue else {
            violations.append(Violation(at: location, type: "list_type", message: "Input should be a valid list"))
            return value
        }
        if let maximum, elements.count > maximum {
            let message =
                "List should have at most \(maximum) item\(maximum == 1 ? "" : "s") after validation, not \(elements.count)"
            violations.append(Violation(at: location, type: "too_long", message: message))
            return value
        }
        var normalised: [JSONValue] = []
        normalised.reserveCapacity(elements.count)
        for (index, item) in elements.enumerated() {
            // A long list of wrong elements would make an answer many times as long.
            if violations.count >= Self.maximumViolations { break }
            location.append(.index(index))
            normalised.append(element.normalised(item, at: &location, into: &violations))
            location.removeLast()
        }
        return .array(normalised)
    }

    private static func normalisedObject(
        _ value: JSONValue,
        fields: [Field],
        at location: inout [Violation.Step],
        into violations: inout [Violation]
    ) -> JSONValue {
        guard value.objectValue != nil else {
            let message = "Input should be a valid dictionary or object to extract fields from"
            violations.append(Violation(at: location, type: "model_attributes_type", message: message))
            return value
        }
        var members: [(String, JSONValue)] = []
        members.reserveCapacity(fields.count)
        for field in fields {
            if let member = value[field.name] {
                location.append(.name(field.name))
                members.append((field.name, field.schema.normalised(member, at: &location, into: &violations)))
                location.removeLast()
            } else if field.isRequired {
                violations.append(Violation(at: location + [.name(field.name)], type: "missing", message: "Field required"))
            } else if let fallback = field.fallback {
                members.append((field.name, fallback))
            }
        }
        return .object(JSONObject(members))
    }

    private static func normalisedMap(
        _ value: JSONValue,
        maximumSerialised: Int?,
        at location: [Violation.Step],
        into violations: inout [Violation]
    ) -> JSONValue {
        guard value.objectValue != nil else {
            violations.append(Violation(at: location, type: "dict_type", message: "Input should be a valid dictionary"))
            return value
        }
        // Each scalar has one byte that does not continue another.
        if let maximumSerialised, value.compactBytes().count(where: { $0 & 0xC0 != 0x80 }) > maximumSerialised {
            let message = "Object should have at most \(maximumSerialised) characters when written as JSON"
            violations.append(Violation(at: location, type: "dict_too_long", message: message))
        }
        return value
    }
}

extension Schema.StringRule {
    fileprivate func normalised(
        _ value: JSONValue,
        at location: [Violation.Step],
        into violations: inout [Violation]
    ) -> JSONValue {
        guard let text = value.stringValue else {
            violations.append(Violation(at: location, type: "string_type", message: "Input should be a valid string"))
            return value
        }
        if self.format == .uuid {
            guard let canonical = UUIDText.canonical(text) else {
                violations.append(Violation(at: location, type: "uuid_parsing", message: "Input should be a valid UUID"))
                return value
            }
            return .string(canonical)
        }
        if !self.choices.isEmpty {
            guard self.choices.contains(where: { $0.utf8.elementsEqual(text.utf8) }) else {
                let quoted = self.choices.map { "'\($0)'" }
                let list = (quoted.count > 1 ? quoted.dropLast().joined(separator: ", ") + " or " : "") + (quoted.last ?? "")
                violations.append(Violation(at: location, type: "literal_error", message: "Input should be \(list)"))
                return value
            }
            return value
        }
        let count = text.unicodeScalars.count
        if count < self.minimum {
            let message = "String should have at least \(self.minimum) character\(self.minimum == 1 ? "" : "s")"
            violations.append(Violation(at: location, type: "string_too_short", message: message))
        } else if let maximum, count > maximum {
            let message = "String should have at most \(maximum) character\(maximum == 1 ? "" : "s")"
            violations.append(Violation(at: location, type: "string_too_long", message: message))
        }
        return value
    }
}
