internal import StrictJSON

/// A `.secrets.baseline` of detect-secrets 1.x, to go on with what a project has sorted out already.
///
/// It knows secrets by their SHA-1, for files by name and types such as `Secret Keyword`. For GitHub and GitLab tokens and
/// private keys detect-secrets keeps the hash of the prefix or header alone, so one entry stands for all such secrets of a
/// file: such an answer is called coarse, and a tool should say so.
public struct DetectSecretsBaseline: Sendable {
    /// How well a finding is known.
    public enum Answer: Hashable, Sendable {
        /// The value is known.
        case exact
        /// A value with the same prefix is known, maybe another.
        case coarse
        /// The value, or one with the same prefix, was marked as a true secret by whoever looked at it.
        case markedAsSecret
    }

    private struct Key: Hashable {
        var path: String
        var type: String
        var hash: String
    }

    private var entries: [Key: Bool] = [:]
    /// The version of detect-secrets that wrote the file.
    public let version: String

    /// How many findings it knows.
    public var count: Int { self.entries.count }

    /// Reads a file.
    ///
    /// - Throws: ``ScanToolError`` with code `invalidBaseline`.
    public init(parsing bytes: [UInt8]) throws(ScanToolError) {
        let root: JSONValue
        do {
            root = try JSONValue(parsing: bytes)
        } catch {
            throw ScanToolError(.invalidBaseline, message: "the baseline of detect-secrets is no JSON: \(error)", cause: error)
        }
        guard let results = root["results"]?.objectValue else {
            throw ScanToolError(.invalidBaseline, message: "the baseline of detect-secrets has no results")
        }
        self.version = root["version"]?.stringValue ?? "unknown"
        for (path, list) in results {
            guard let list = list.arrayValue else {
                throw ScanToolError(.invalidBaseline, message: "a file in the baseline of detect-secrets has no list")
            }
            for item in list {
                guard let type = item["type"]?.stringValue, let hash = item["hashed_secret"]?.stringValue else {
                    throw ScanToolError(.invalidBaseline, message: "a finding in the baseline of detect-secrets is incomplete")
                }
                let key = Key(path: Self.normal(path), type: type, hash: hash.lowercased())
                self.entries[key] = item["is_secret"]?.boolValue ?? self.entries[key] ?? false
            }
        }
    }

    /// Whether a finding is known.
    ///
    /// - Parameters:
    ///   - path: The file, relative to where detect-secrets ran, with slashes.
    ///   - type: The type, such as `GitHub Token`.
    ///   - value: The secret itself.
    /// - Returns: How well it is known, or nil if it is not.
    public func answer(path: String, type: String, value: [UInt8]) -> Answer? {
        let path = Self.normal(path)
        for whole in Self.hashedWholes(of: value, type: type) {
            if let isSecret = self.entries[Key(path: path, type: type, hash: SHA1.hex(of: whole))] {
                return isSecret ? .markedAsSecret : .exact
            }
        }
        guard let part = Self.hashedPart(of: value, type: type),
            let isSecret = self.entries[Key(path: path, type: type, hash: SHA1.hex(of: part))]
        else { return nil }
        return isSecret ? .markedAsSecret : .coarse
    }

    /// What detect-secrets may have taken for the value, where all of it is in the hash.
    private static func hashedWholes(of value: [UInt8], type: String) -> [[UInt8]] {
        type == "Azure Storage Account access key" ? [value, Array("AccountKey=".utf8) + value] : [value]
    }

    /// The part of a value of which detect-secrets keeps the hash, where it is not the whole.
    private static func hashedPart(of value: [UInt8], type: String) -> [UInt8]? {
        switch type {
        case "GitHub Token":
            return Array(value.prefix { $0 != UInt8(ascii: "_") })
        case "GitLab Token":
            return Array(value.prefix { $0 != UInt8(ascii: "-") })
        case "Private Key":
            guard let start = value[...].firstRange(of: "BEGIN ") else { return nil }
            return Array(value[start.lowerBound...].prefix { $0 != UInt8(ascii: "-") })
        default:
            return nil
        }
    }

    /// Windows writes backslashes, and some scripts a dot before the path.
    private static func normal(_ path: String) -> String {
        let path = path.replacing("\\", with: "/")
        return path.hasPrefix("./") ? String(path.dropFirst(2)) : path
    }
}
