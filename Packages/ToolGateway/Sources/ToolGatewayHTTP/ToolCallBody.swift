import HTTPCore
import Identity
import Policy
import StrictJSON
import ToolGateway

/// The member `tool_call` of a body: `{"server": "files", "tool": "fs.read", "arguments": {…}}`.
struct ToolCallBody {
    static let schema = Schema.object([
        .required("server", .string(maximum: 255).described("1 to 255 visible ASCII characters")),
        .required("tool", .string(maximum: 128).described("\(ToolName.rule)")),
        .required("arguments", .map()),
    ])

    private let server: String
    private let tool: String
    private let arguments: JSONObject

    /// Reads it from a body that has been checked.
    ///
    /// - Throws: `Problem` with code `validationError`, which repeats no value.
    init(_ body: JSONValue) throws(Problem) {
        let call = body["tool_call"] ?? .null
        self.server = call["server"]?.stringValue ?? ""
        self.tool = call["tool"]?.stringValue ?? ""
        self.arguments = call["arguments"]?.objectValue ?? [:]
        try Self.check("tool", self.tool, ToolName(self.tool) != nil, "must match \(ToolName.rule)")
        let bytes = self.server.utf8
        try Self.check(
            "server", self.server, bytes.allSatisfy { (0x21...0x7e).contains($0) }, "must be visible ASCII characters")
    }

    private static func check(_ name: String, _ text: String, _ isValid: Bool, _ rule: String) throws(Problem) {
        let isBlank = text.allSatisfy(\.isWhitespace)
        guard isBlank || !isValid else { return }
        let message = "tool_call.\(name) \(isBlank ? "must be non-empty" : rule)"
        let violation = Violation(
            at: [.name("body"), .name("tool_call"), .name(name)], type: "value_error", message: "Value error, \(message)")
        throw .validation([violation], detail: message)
    }

    func call(by caller: Caller) -> ToolCall {
        ToolCall(server: self.server, tool: self.tool, arguments: self.arguments, caller: caller)
    }
}
