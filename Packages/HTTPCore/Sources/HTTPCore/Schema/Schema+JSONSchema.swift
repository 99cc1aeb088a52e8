import StrictJSON

extension Schema {
    /// The shape as JSON Schema 2020-12, as OpenAPI 3.1 wants it.
    var jsonSchema: JSONValue {
        var members: [(String, JSONValue)] = []
        switch self.kind {
        case .string(let rule):
            members.append(("type", self.type("string")))
            if rule.minimum > 0 { members.append(("minLength", .integer(rule.minimum))) }
            if let maximum = rule.maximum { members.append(("maxLength", .integer(maximum))) }
            if !rule.choices.isEmpty {
                let choices = rule.choices.map { JSONValue.string($0) } + (self.isNullable ? [.null] : [])
                members.append(("enum", .array(choices)))
            }
            if let format = rule.format { members.append(("format", .string(format.rawValue))) }
        case .integer(let range):
            members.append(("type", self.type("integer")))
            if range.lowerBound > .min { members.append(("minimum", .integer(range.lowerBound))) }
            if range.upperBound < .max { members.append(("maximum", .integer(range.upperBound))) }
        case .number:
            members.append(("type", self.type("number")))
        case .boolean:
            members.append(("type", self.type("boolean")))
        case .array(let element, let maximum):
            members.append(("type", self.type("array")))
            members.append(("items", element.jsonSchema))
            if let maximum { members.append(("maxItems", .integer(maximum))) }
        case .object(let fields):
            members.append(("type", self.type("object")))
            members.append(
                ("properties", .object(JSONObject(fields.map { ($0.name, $0.schema.jsonSchema(default: $0.fallback)) }))))
            let required = fields.filter(\.isRequired).map { JSONValue.string($0.name) }
            if !required.isEmpty { members.append(("required", .array(required))) }
        case .map:
            members.append(("type", self.type("object")))
            members.append(("additionalProperties", true))
        }
        if let summary = self.summary { members.append(("description", .string(summary))) }
        return .object(JSONObject(members))
    }

    /// The shape as JSON Schema, with the value that stands in for a missing one.
    func jsonSchema(default fallback: JSONValue?) -> JSONValue {
        guard let fallback, case .object(var members) = self.jsonSchema else { return self.jsonSchema }
        members["default"] = fallback
        return .object(members)
    }

    private func type(_ name: String) -> JSONValue {
        self.isNullable ? .array([.string(name), .string("null")]) : .string(name)
    }
}
