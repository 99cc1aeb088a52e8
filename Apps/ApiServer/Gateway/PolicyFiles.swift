import AppSupport
import ArgumentParser
import Foundation
import Logging
import Policy
import Settings

/// Where the policy comes from.
enum PolicyFiles {
    /// Loads the policy of the server's environment.
    ///
    /// - Throws: `ExitCode` 78 after a line on standard error for each fault.
    static func store(_ settings: SettingsReader, logger: Logger) throws -> PolicyStore {
        let environment = try settings.value(of: ApiServerSettings.environment).rawValue
        let source = try Self.source(settings, logger: logger)
        do throws(PolicyError) {
            return try PolicyStore(source, environment: environment, logger: logger)
        } catch {
            throw Program.fail("POLICY_DIR: the policy cannot be used\n\(error)", code: SettingsError.exitCode)
        }
    }

    /// The folder of the setting, which has to be there; without the setting `policies`, or no policy at all, which denies everything.
    private static func source(_ settings: SettingsReader, logger: Logger) throws -> any PolicySource {
        if let folder = try settings.value(of: ApiServerSettings.policyFolder) { return PolicyFolder(path: folder) }
        guard FileManager.default.fileExists(atPath: CommonSettings.usualPolicyFolder) else {
            logger.notice(
                "no policy files, so every call of a tool is denied", metadata: ["folder": "\(CommonSettings.usualPolicyFolder)"])
            return PolicyTexts(["default.yaml": Self.nothing])
        }
        return PolicyFolder(path: CommonSettings.usualPolicyFolder)
    }

    private static let nothing = """
        version: "1.0"
        name: none
        description: No policy files were found, so nothing is allowed
        rules:
          - {name: deny-all-default, description: Nothing is allowed, priority: 0, tools: ["*"], decision: DENY}
        """
}
