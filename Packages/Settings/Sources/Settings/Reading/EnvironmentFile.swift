#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The variables of a `.env` file, read strictly: what cannot be understood is an error that names the line.
///
/// ```
/// # a comment, also after a value that has no quotes
/// PORT=8080            # blanks around = and at the ends are dropped
/// export LOG_LEVEL=debug
/// APP_NAME='kept as it is: $HOME \n #'
/// GREETING="with \n, \t, \" and \\"
/// ```
///
/// Names are letters, digits and underscores. The last of several lines for one name counts. Values do not span lines, and `$`
/// means nothing. Lines may end in CR LF, and a byte-order mark at the start is skipped. Errors never repeat the line's text, as
/// it may be a secret.
///
/// The parser of swift-configuration is not used: it skips lines that it does not understand, keeps quotes as part of the value
/// and takes a file with CR LF for a single line.
struct EnvironmentFile {
    private(set) var values: [String: String] = [:]

    private static let largestBytes = 1 << 20

    /// Reads a file.
    ///
    /// - Returns: `nil` when there is no such file.
    static func read(path: String) throws(SettingsError) -> EnvironmentFile? {
        let bytes: Data
        do {
            bytes = try Data(contentsOf: URL(filePath: path))
        } catch let error as CocoaError where error.code == .fileReadNoSuchFile {
            return nil
        } catch {
            throw SettingsError(
                .environmentFile, [.init(subject: path, text: "cannot be read; allowed: a readable text file")], cause: error)
        }
        guard bytes.count <= Self.largestBytes, let text = String(validating: bytes, as: UTF8.self) else {
            throw SettingsError(
                .environmentFile, [.init(subject: path, text: "is not a settings file; allowed: up to 1 MiB of UTF-8 text")])
        }
        return try EnvironmentFile(parsing: text, name: path)
    }

    /// Parses the text of a file; all lines that cannot be understood are reported at once.
    init(parsing text: String, name file: String) throws(SettingsError) {
        var problems: [SettingsError.Problem] = []
        var bytes = Array(text.utf8)
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
        for (index, line) in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
            switch EnvironmentLine(line) {
            case .nothing: continue
            case .variable(let name, let value): self.values[name] = value
            case .malformed(let reason):
                problems.append(.init(subject: "\(file) line \(index + 1)", text: "\(reason); allowed: NAME=value"))
            }
        }
        guard problems.isEmpty else { throw SettingsError(.environmentFile, problems) }
    }

    /// A value as it must be written in a file to be read back unchanged.
    static func quoted(_ value: String) -> String {
        let plain = value.utf8.allSatisfy { byte in
            byte.isNameByte || "-./:,+@%=*".utf8.contains(byte)
        }
        if plain { return value }
        let escaped = value.unicodeScalars.map { scalar in
            switch scalar {
            case "\\": "\\\\"
            case "\"": "\\\""
            case "\n": "\\n"
            case "\r": "\\r"
            case "\t": "\\t"
            default: String(scalar)
            }
        }
        return "\"" + escaped.joined() + "\""
    }
}
