#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import Settings

/// Lends the path of a fresh file with these bytes.
func withFile<Result>(_ bytes: [UInt8], _ body: (String) throws -> Result) throws -> Result {
    let path = FileManager.default.temporaryDirectory.appending(path: "settings-\(UUID().uuidString).env").path()
    try Data(bytes).write(to: URL(filePath: path))
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try body(path)
}

func makeReader(file: String?, isRequired: Bool = false, catalogue: SettingsCatalogue) throws -> SettingsReader {
    try SettingsReader.standard(
        catalogue: catalogue, environment: [:], environmentFilePath: file, requiresEnvironmentFile: isRequired)
}
