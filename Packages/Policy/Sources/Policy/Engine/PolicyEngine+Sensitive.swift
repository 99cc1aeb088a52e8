public import StrictJSON

extension PolicyEngine {
    /// The arguments with other texts in the place of those that the policy marks as sensitive, which are found by their names as they
    /// are.
    ///
    /// - Parameters:
    ///   - arguments: The arguments of a call.
    ///   - tool: The tool that is called.
    ///   - text: What stands in the place of a value.
    public func replacingSensitive(in arguments: JSONObject, of tool: String, by text: (JSONValue) -> String) -> JSONObject {
        var arguments = arguments
        for property in self.definition.schemas[tool]?.properties ?? [] where property.isSensitive {
            guard let value = arguments[property.name] else { continue }
            arguments[property.name] = .string(text(value))
        }
        return arguments
    }
}
