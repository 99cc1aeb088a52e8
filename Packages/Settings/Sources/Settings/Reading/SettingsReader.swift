public import Configuration
#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// Where a value comes from; earlier cases win over later ones.
public enum SettingOrigin: String, Sendable, CaseIterable {
    /// The command line.
    case flag
    /// The environment of the process.
    case environment
    /// The `.env` file.
    case environmentFile = ".env"
    /// The catalogue.
    case `default`
}

/// Reads the settings of a program: flags win over the environment, over a `.env` file, over defaults.
///
/// Made and read once, at start. Names of variables are the same in upper and lower case; where both are set, the upper-case one
/// counts. An empty variable counts as not set, so the next place is asked, except for settings that say otherwise (lists).
///
/// ```swift
/// let settings = try SettingsReader.standard(catalogue: catalogue, flags: ["PORT": options.port])
/// try settings.validate()
/// let port = try settings.value(of: .port)
/// ```
public struct SettingsReader: Sendable {
    private struct Layer: Sendable {
        let origin: SettingOrigin
        let names: [String]
        let reader: ConfigReader
    }

    /// The settings that may be read.
    public let catalogue: SettingsCatalogue
    /// The same values for packages that read their configuration from a `ConfigReader`; defaults are theirs.
    public let configReader: ConfigReader
    private let layers: [Layer]

    /// Creates a reader from values at hand.
    ///
    /// - Parameters:
    ///   - catalogue: The settings that may be read.
    ///   - flags: Values from the command line by the name of their variable: `["PORT": "8080"]`.
    ///   - environment: The environment of the process.
    ///   - environmentFile: The variables of a `.env` file.
    public init(
        catalogue: SettingsCatalogue,
        flags: [String: String] = [:],
        environment: [String: String] = [:],
        environmentFile: [String: String] = [:]
    ) {
        self.catalogue = catalogue
        let acceptingEmpty = Set(catalogue.settings.filter(\.acceptsEmpty).flatMap { [$0.name] + $0.aliases })
        let secrets = Set(catalogue.settings.filter(\.isSecret).flatMap { [$0.name] + $0.aliases })
        let places = [(SettingOrigin.flag, flags), (.environment, environment), (.environmentFile, environmentFile)]
        var providers: [EnvironmentVariablesProvider] = []
        var layers: [Layer] = []
        for (origin, values) in places {
            let variables = Self.withUppercaseNames(values).filter { !$0.value.isEmpty || acceptingEmpty.contains($0.key) }
            // One provider type for all places, so that all of them turn a key into a name in the same way.
            let provider = EnvironmentVariablesProvider(
                environmentVariables: variables, secretsSpecifier: .specific(secrets))
            providers.append(provider)
            layers.append(Layer(origin: origin, names: Array(variables.keys), reader: ConfigReader(provider: provider)))
        }
        self.layers = layers
        self.configReader = ConfigReader(providers: providers)
    }

    /// Creates the reader that every program uses.
    ///
    /// - Parameters:
    ///   - catalogue: The settings that may be read.
    ///   - flags: Values from the command line by the name of their variable; `nil` for a flag that was not given.
    ///   - environment: The environment of the process.
    ///   - environmentFilePath: The `.env` file, relative to the working directory; `nil` reads none.
    ///   - requiresEnvironmentFile: Whether a missing file is an error, as it should be when somebody named it.
    /// - Throws: ``SettingsError`` with code `environmentFile` when the file cannot be read or understood, or is required and
    ///   missing; with code `undeclared` when a flag sets a name that the catalogue does not list.
    public static func standard(
        catalogue: SettingsCatalogue,
        flags: [String: String?] = [:],
        environment: [String: String] = ProcessInfo.processInfo.environment,
        environmentFilePath: String? = ".env",
        requiresEnvironmentFile: Bool = false
    ) throws(SettingsError) -> SettingsReader {
        let given = flags.compactMapValues(\.self)
        if let unknown = given.keys.sorted().first(where: { !catalogue.contains($0) }) {
            throw Self.undeclared(unknown)
        }
        var file: [String: String] = [:]
        if let environmentFilePath {
            if let read = try EnvironmentFile.read(path: environmentFilePath) {
                file = read.values
            } else if requiresEnvironmentFile {
                throw SettingsError(
                    .environmentFile, [.init(subject: environmentFilePath, text: "does not exist; allowed: a readable text file")]
                )
            }
        }
        return SettingsReader(catalogue: catalogue, flags: given, environment: environment, environmentFile: file)
    }

    /// The value of one setting.
    ///
    /// - Throws: ``SettingsError`` with code `invalidValue` when the value is not allowed, or required and not set; with code
    ///   `undeclared` when the catalogue does not list the setting.
    public func value<Value>(of setting: Setting<Value>) throws(SettingsError) -> Value {
        let description = setting.description
        guard self.catalogue.contains(description.name) else { throw Self.undeclared(description.name) }
        if let given = self.given(description) {
            if let value = setting.parse(given.text) { return value }
            if description.badValuePolicy == .warnAndUseDefault, let value = setting.defaultValue { return value }
        } else if let value = setting.defaultValue {
            return value
        }
        throw SettingsError(.invalidValue, [self.problem(description)].compactMap(\.self))
    }

    /// Checks every setting of the catalogue, so that all bad values are reported at once.
    ///
    /// - Throws: ``SettingsError`` with code `invalidValue` and one problem for each bad or missing value.
    public func validate() throws(SettingsError) {
        let problems = self.catalogue.settings.compactMap { setting in
            self.isReplacedByDefault(setting) ? nil : self.problem(setting)
        }
        guard problems.isEmpty else { throw SettingsError(.invalidValue, problems) }
    }

    /// What deserves a line in the log at start, none of it secret.
    ///
    /// One line for each bad value that the default replaces, and one that names all settings that are not served yet.
    public func warnings() -> [String] {
        let replaced = self.catalogue.settings.filter(self.isReplacedByDefault).compactMap { setting in
            self.problem(setting).map { "\($0); using \(setting.defaultColumn)" }
        }
        let unserved = self.unservedNames()
        return replaced + (unserved.isEmpty ? [] : ["not served yet and ignored: " + unserved.joined(separator: ", ")])
    }

    /// The reserved settings that are set somewhere, in the order of their names.
    public func unservedNames() -> [String] {
        let names = Set(self.layers.flatMap(\.names))
        return names.filter { name in
            self.catalogue.reserved.contains { $0.matches(name) } && !self.catalogue.contains(name)
        }.sorted()
    }

    /// The text of a setting, the variable that holds it and where that was found, or nothing where the default holds.
    func given(_ setting: SettingDescription) -> (name: String, origin: SettingOrigin, text: String)? {
        for name in [setting.name] + setting.aliases {
            for layer in self.layers {
                let text = layer.reader.string(forKey: ConfigKey([name]), isSecret: setting.isSecret)
                if let text { return (name, layer.origin, text) }
            }
        }
        return nil
    }

    /// What is wrong with a setting, if anything is.
    func problem(_ setting: SettingDescription) -> SettingsError.Problem? {
        guard let given = self.given(setting) else {
            guard setting.isRequired else { return nil }
            return .init(subject: setting.name, text: "is not set; allowed: \(setting.allowed)")
        }
        guard !setting.isAllowed(given.text) else { return nil }
        let shown = Redaction.shown(given.text, isSecret: setting.isSecret)
        return .init(subject: given.name, text: "\"\(shown)\" is not \(setting.phrase); allowed: \(setting.allowed)")
    }

    private func isReplacedByDefault(_ setting: SettingDescription) -> Bool {
        setting.badValuePolicy == .warnAndUseDefault && !setting.isRequired && self.problem(setting) != nil
    }

    private static func undeclared(_ name: String) -> SettingsError {
        SettingsError(.undeclared, [.init(subject: name, text: "is not listed in the catalogue of this program")])
    }

    private static func withUppercaseNames(_ variables: [String: String]) -> [String: String] {
        var result: [String: String] = [:]
        for (name, value) in variables.sorted(by: { $0.key < $1.key }) {
            let uppercased = name.uppercased()
            if uppercased == name || result[uppercased] == nil { result[uppercased] = value }
        }
        return result
    }
}
