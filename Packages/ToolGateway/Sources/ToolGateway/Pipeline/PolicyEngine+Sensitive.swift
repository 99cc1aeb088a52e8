import Policy
import StrictJSON

extension PolicyEngine {
    /// The arguments with other texts in the place of those that the policy marks as sensitive.
    ///
    /// - Parameters:
    ///   - arguments: The arguments of a call.
    ///   - tool: The tool that is called.
    ///   - text: What stands in the place of a value.
    func replacingSensitive(in arguments: JSONObject, of tool: String, by text: (JSONValue) -> String) -> JSONObject {
        var arguments = arguments
        for pointer in self.sensitivePointers(of: tool) {
            let name = String(pointer.dropFirst()).replacing("~1", with: "/").replacing("~0", with: "~")
            guard let value = arguments[name] else { continue }
            arguments[name] = .string(text(value))
        }
        return arguments
    }
}
