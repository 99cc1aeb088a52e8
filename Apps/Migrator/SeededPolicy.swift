import AppSupport
import ArgumentParser
import Foundation
import Identity
import Policy
import Settings

/// What the shipped policy would let the callers of each role do, told by `seed` for people to look at.
enum SeededPolicy {
    private static let file = "default.yaml"

    /// Loads and checks `default.yaml`, and prints what it allows to whom.
    ///
    /// - Throws: `ExitCode` 1 after a line on standard error for each fault.
    static func tell(_ settings: SettingsReader) throws {
        let chosen = try settings.value(of: CommonSettings.policyFolder)
        let folder = chosen ?? CommonSettings.usualPolicyFolder
        guard chosen != nil || FileManager.default.fileExists(atPath: "\(folder)/\(Self.file)") else {
            Program.say("no \(folder)/\(Self.file): a server without policy files denies every call of a tool")
            return
        }
        let policy: PolicyDefinition
        do throws(PolicyError) {
            policy = try PolicyLoader(PolicyFolder(path: folder)).load(Self.file)
        } catch {
            throw Program.fail("migrator: the policy has faults\n\(error)")
        }
        Program.say("\(folder)/\(Self.file): no fault; \(policy.ruleCount) rules, revision \(policy.revision)")
        let engine = PolicyEngine(policy)
        for role in policy.roleNames {
            for environment in ServerEnvironment.allCases {
                let caller = Caller(
                    id: CallerID(unchecked: role), kind: .gatewayCaller, role: Role(unchecked: role),
                    trustLevel: policy.trustLevel(of: role) ?? .low, environment: EnvironmentName(unchecked: environment.rawValue)
                )
                let lines = policy.toolNames.map {
                    Self.line(engine.reach(of: $0, on: Self.server(of: $0), by: caller), tool: $0)
                }
                Program.say("  \(role) in \(environment.rawValue): \(lines.joined(separator: ", "))")
            }
        }
    }

    /// The tools of the server itself stand on a server of that name; for all others any will do.
    private static func server(of tool: String) -> String {
        tool.utf8.starts(with: "builtin.".utf8) ? "builtin" : ""
    }

    private static func line(_ reach: ToolReach, tool: String) -> String {
        "\(tool) \(reach.verdict.rawValue)\(reach.isConditional ? " if the arguments fit" : "") (\(reach.rule))"
    }
}
