import Identity
import Policy
import PolicyTestSupport
import StrictJSON
import Testing

/// The folder of the shipped policies.
let shippedFolder: String = {
    let parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
    // …/Packages/Policy/Tests/PolicyTests/Helpers.swift
    return parts.dropLast(5).joined(separator: "/") + "/policies"
}()

/// The shipped files, and others beside them.
struct ShippedPolicies: PolicySource {
    var others: [String: String] = [:]

    func read(_ name: String) throws -> [UInt8]? {
        if let text = self.others[name] { return Array(text.utf8) }
        return try PolicyFolder(path: shippedFolder).read(name)
    }
}

/// Engines that several suites ask; each is made once.
enum Shipped {
    static let byDefault = Result { try PolicyEngine(PolicyLoader(ShippedPolicies()).load("default.yaml")) }
    static let dev = Result { try PolicyEngine(PolicyLoader(ShippedPolicies()).load(forEnvironment: "dev")) }
    static let web = Result {
        try PolicyEngine(PolicyLoader(ShippedPolicies(others: ["web.yaml": SampleCalls.webPolicy])).load("web.yaml"))
    }
}

func caller(_ role: String?, _ environment: String? = "dev", trust: Int = 2, organisation: String = "acme") -> Caller {
    Caller(
        id: CallerID(unchecked: "agent"), kind: .gatewayCaller, organisation: OrganisationID(unchecked: organisation),
        role: role.map { Role(unchecked: $0) }, trustLevel: TrustLevel(rawValue: trust) ?? .untrusted,
        environment: environment.map { EnvironmentName(unchecked: $0) })
}

func call(
    _ tool: String, _ arguments: JSONObject = [:], by caller: Caller = caller("developer"), on server: String = "files"
) -> ToolCall {
    ToolCall(server: server, tool: tool, arguments: arguments, caller: caller)
}

extension SampleCall {
    /// The call, or nil when the arguments are no object of strict JSON.
    var toolCall: ToolCall? {
        guard let arguments = try? JSONValue(parsing: Array(self.arguments.utf8)).objectValue else { return nil }
        return ToolCall(
            server: "files", tool: self.tool, arguments: arguments,
            caller: caller(self.role, self.environment, trust: self.trustLevel))
    }
}

/// An engine of one file.
func makeEngine(_ text: String) throws -> PolicyEngine {
    PolicyEngine(try PolicyLoader(PolicyTexts(["p.yaml": text])).load("p.yaml"))
}

/// An engine of some rules.
func makeEngine(rules: String) throws -> PolicyEngine {
    try makeEngine("name: test\nrules:\n" + rules)
}

/// What is wrong with a file, as `line:column: message`.
func problems(_ text: String, others: [String: String] = [:]) -> [String] {
    do {
        _ = try PolicyLoader(PolicyTexts(others.merging(["p.yaml": text]) { $1 })).load("p.yaml")
        return []
    } catch {
        return error.problems.map { problem in
            guard let line = problem.line, let column = problem.column else { return problem.message }
            return "\(line):\(column): \(problem.message)"
        }
    }
}
