/// A call to try a policy with, as data: who calls which tool with what.
public struct SampleCall: Sendable, CustomStringConvertible {
    /// What kind of sample it is.
    public enum Group: String, Sendable, CaseIterable {
        case toolName, deniedTool, path, sql, instruction, command, shape, duplicateKey, number, bytes, size, role, url, benign
    }

    /// What kind of sample it is.
    public let group: Group
    /// The name of the tool.
    public let tool: String
    /// The arguments as they stand in a body: mostly JSON, and in some attacks none.
    public let arguments: String
    /// The role of the caller.
    public let role: String
    /// The environment of the caller's key.
    public let environment: String
    /// The trust level of the caller, 0 to 4.
    public let trustLevel: Int

    /// Creates a sample; the caller is a developer in development unless something else is said.
    public init(
        _ group: Group, _ tool: String, _ arguments: String, role: String = "developer", environment: String = "dev",
        trustLevel: Int = 2
    ) {
        self.group = group
        self.tool = tool
        self.arguments = arguments
        self.role = role
        self.environment = environment
        self.trustLevel = trustLevel
    }

    /// The body of `POST /v1/gateway/invoke`; the arguments stand in it as they are, so it may be no JSON.
    ///
    /// - Parameters:
    ///   - callerID: What the request says of its caller.
    ///   - key: The key of a caller with the role, environment and trust of the sample.
    ///   - server: The name of the tool server.
    public func body(callerID: String, key: String, server: String) -> String {
        let call =
            "{\"server\": \(Written.string(server)), \"tool\": \(Written.string(self.tool)), \"arguments\": \(self.arguments)}"
        return "{\"caller_id\": \(Written.string(callerID)), \"api_key\": \(Written.string(key)), "
            + "\"environment\": \"dev\", \"tool_call\": \(call)}"
    }

    /// Group, tool, caller and the beginning of the arguments.
    public var description: String {
        "\(self.group.rawValue) \(self.tool) by \(self.role)@\(self.environment): \(self.arguments.unicodeScalars.prefix(160).map { $0.escaped(asASCII: true) }.joined())"
    }
}

/// Writes JSON texts by hand, so that samples may also be none.
enum Written {
    /// A string in quotes, escaped.
    static func string(_ text: String) -> String {
        var written = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": written += "\\\""
            case "\\": written += "\\\\"
            case "\n": written += "\\n"
            case "\t": written += "\\t"
            case "\r": written += "\\r"
            default:
                if scalar.value < 0x20 {
                    let digits = String(scalar.value, radix: 16)
                    written += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                } else {
                    written.unicodeScalars.append(scalar)
                }
            }
        }
        return written + "\""
    }

    /// An object of strings, in the order given.
    static func object(_ members: (String, String)...) -> String {
        "{" + members.map { "\(self.string($0.0)): \(self.string($0.1))" }.joined(separator: ", ") + "}"
    }
}
