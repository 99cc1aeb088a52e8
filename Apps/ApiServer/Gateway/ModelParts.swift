import AppSupport
import ArgumentParser
import Cryptography
import LanguageModel
import Logging
import Outbound
import PrometheusMetrics
import ServiceLifecycle
import Settings
import ToolGateway
import ToolGatewayModel

/// The language model, if the settings name one.
struct ModelParts {
    let client: LanguageModelClient
    /// What is asked about calls: `RISK_CLASSIFIER_MODEL`, else `LLM_MODEL`.
    private let riskModel: String
    private let riskTimeout: Duration
    private let outbound: OutboundClient
    private let logger: Logger

    /// Sets up the client; asks nothing yet.
    ///
    /// - Returns: Nil where no endpoint is set.
    /// - Throws: `ExitCode` 78 after a line on standard error when a setting cannot be used.
    static func make(_ settings: SettingsReader, registry: PrometheusRegistry, logger: Logger) throws -> ModelParts? {
        guard let configuration = try Self.configuration(settings) else { return nil }
        let outbound = try OutboundClient(
            policy: configuration.addressPolicy, configuration: configuration.outboundConfiguration, logger: logger)
        let client = try LanguageModelClient(
            configuration, client: outbound, metrics: LanguageModelMetrics(registry: registry), logger: logger)
        return ModelParts(
            client: client, riskModel: try settings.value(of: ApiServerSettings.riskModel) ?? configuration.model,
            riskTimeout: try Self.riskTimeout(settings), outbound: outbound, logger: logger)
    }

    /// Where the model is.
    ///
    /// - Returns: Nil where no endpoint is set.
    /// - Throws: `ExitCode` 78 after a line on standard error.
    static func configuration(_ settings: SettingsReader) throws -> LanguageModelConfiguration? {
        guard let url = try settings.value(of: ApiServerSettings.modelURL) else { return nil }
        guard
            let model = try settings.value(of: ApiServerSettings.model) ?? settings.value(of: ApiServerSettings.riskModel)
        else {
            throw Program.fail(
                "LLM_MODEL: is not set; allowed: the name of a model at LLM_BASE_URL, or unset LLM_BASE_URL to ask none",
                code: SettingsError.exitCode)
        }
        let key = try settings.value(of: ApiServerSettings.modelKey).map { SecretBytes($0.utf8) }
        var configuration: LanguageModelConfiguration
        do throws(LanguageModelError) {
            configuration = try LanguageModelConfiguration(baseURL: url, key: key, model: model)
        } catch {
            throw Program.fail("LLM_BASE_URL: \(error)", code: SettingsError.exitCode)
        }
        configuration.timeout = try settings.value(of: ApiServerSettings.modelTimeout)
        configuration.maximumRetries = try settings.value(of: ApiServerSettings.modelRetries)
        return configuration
    }

    /// How long a call waits for an opinion on it: there must be time left to make it.
    static func riskTimeout(_ settings: SettingsReader) throws -> Duration {
        try min(
            settings.value(of: ApiServerSettings.modelTimeout), settings.value(of: ApiServerSettings.requestDeadline) / 3)
    }

    /// Gives second opinions on the risk of calls.
    var advisor: any RiskAdvisor {
        var configuration = ModelRiskAdvisor.Configuration()
        configuration.model = self.riskModel
        configuration.timeout = self.riskTimeout
        return ModelRiskAdvisor(self.client, configuration: configuration, logger: self.logger)
    }

    var services: [any Service] { [self.outbound] }
}
