public import Cryptography
internal import StrictJSON

/// The findings of a project that are known and need no report.
///
/// The file is JSON with one finding a line, sorted, without times and line numbers, so that merges rarely meet:
///
/// ```json
/// {"version":1,"key":"9f86d081884c7d65","findings":[
/// {"path":"Sources/App/main.swift","rule":"github-token","fingerprint":"2c26b46b…7266ae"},
/// {"path":"deploy/.env","rule":"generic-password","fingerprint":"fcde2b2e…05e6c2"}
/// ]}
/// ```
public struct Baseline: Sendable, Equatable {
    /// A known finding.
    public struct Entry: Hashable, Sendable {
        /// The file, as ``PathText/escaped(_:)`` writes it.
        public var path: String
        /// The rule that found it.
        public var rule: String
        /// The keyed hash of the value.
        public var fingerprint: SHA256Digest

        /// Creates an entry.
        ///
        /// - Parameters:
        ///   - path: The file, as ``PathText/escaped(_:)`` writes it.
        ///   - rule: The rule that found it.
        ///   - fingerprint: The keyed hash of the value.
        public init(path: String, rule: String, fingerprint: SHA256Digest) {
            self.path = path
            self.rule = rule
            self.fingerprint = fingerprint
        }
    }

    /// The id of the key, see ``BaselineKey/id()``.
    public let keyID: String
    /// What is known.
    public private(set) var entries: Set<Entry>

    /// Creates a baseline.
    ///
    /// - Parameters:
    ///   - keyID: The id of the key.
    ///   - entries: What is known.
    public init(keyID: String, entries: some Sequence<Entry> = []) {
        self.keyID = keyID
        self.entries = Set(entries)
    }

    /// Reads a file.
    ///
    /// - Parameters:
    ///   - bytes: The file.
    ///   - keyID: The id of the key at hand.
    /// - Throws: ``ScanToolError`` with code `invalidBaseline` if it is not what ``bytes()`` writes or a newer version, with code
    ///   `wrongKey` if it was made with another key.
    public init(parsing bytes: [UInt8], keyID: String) throws(ScanToolError) {
        let root: JSONValue
        do {
            root = try JSONValue(parsing: bytes)
        } catch {
            throw ScanToolError(.invalidBaseline, message: "the baseline is no JSON: \(error)", cause: error)
        }
        guard root["version"]?.intValue == 1, let found = root["key"]?.stringValue, let list = root["findings"]?.arrayValue else {
            throw ScanToolError(.invalidBaseline, message: "the baseline is none of version 1")
        }
        guard found == keyID else {
            throw ScanToolError(
                .wrongKey, message: "the baseline was made with key \(found.prefix(16)), the key at hand is \(keyID)")
        }
        var entries: Set<Entry> = []
        for (index, item) in list.enumerated() {
            guard let path = item["path"]?.stringValue, let rule = item["rule"]?.stringValue,
                let fingerprint = item["fingerprint"]?.stringValue.flatMap({ SHA256Digest(hex: $0) })
            else { throw ScanToolError(.invalidBaseline, message: "finding \(index + 1) of the baseline is incomplete") }
            entries.insert(Entry(path: path, rule: rule, fingerprint: fingerprint))
        }
        self.init(keyID: keyID, entries: entries)
    }

    /// Whether a finding is known.
    public func contains(_ entry: Entry) -> Bool {
        self.entries.contains(entry)
    }

    /// Adds a finding.
    public mutating func insert(_ entry: Entry) {
        self.entries.insert(entry)
    }

    /// The file; the same entries give the same bytes, whatever their order was.
    public func bytes() -> [UInt8] {
        let sorted = self.entries.map { ([Array($0.path.utf8), Array($0.rule.utf8), Array($0.fingerprint.hex.utf8)], $0) }
            .sorted { left, right in
                for (left, right) in zip(left.0, right.0) where left != right { return left.lexicographicallyPrecedes(right) }
                return false
            }
        var output = Array("{\"version\":1,\"key\":".utf8)
        JSONValue.string(self.keyID).appendCompact(to: &output)
        output += Array(",\"findings\":[".utf8)
        for (index, (_, entry)) in sorted.enumerated() {
            output += Array((index == 0 ? "\n" : ",\n").utf8)
            let members: JSONValue = [
                "path": .string(entry.path), "rule": .string(entry.rule), "fingerprint": .string(entry.fingerprint.hex),
            ]
            members.appendCompact(to: &output)
        }
        output += Array("\n]}\n".utf8)
        return output
    }
}
