public import Cryptography

/// Something that a rule found: what it is, how sure and grave it is, and where it stands, but never its value.
public struct Finding: Hashable, Sendable {
    /// A decoding between the source and the text in which something was found.
    public enum Layer: String, Hashable, Sendable {
        /// The escapes of a JSON string, also of one inside another text.
        case json
        /// Base64 of either alphabet.
        case base64
        /// Percent codes of a URI.
        case percent
        /// `\u0041`
        case unicodeEscape
        /// Text without its invisible characters, with ASCII in place of its fullwidth and other forms.
        case folded
        /// UTF-16 of either byte order.
        case utf16
    }

    /// What the value's own checksum said.
    public enum Checksum: Hashable, Sendable {
        /// The format has none that is known.
        case none
        /// It is right.
        case passed
        /// It is wrong; this lowers the confidence and hides nothing.
        case failed
    }

    /// The id of the rule, for example `github-token`.
    public let rule: String
    /// The name to tell, for example `GitHub Token`.
    public let type: String
    /// What the rule belongs to.
    public let group: Rule.Group
    /// How likely it is true.
    public let confidence: Confidence
    /// How grave it is if true.
    public let severity: Severity
    /// What the checksum of the value said.
    public let checksum: Checksum
    /// The bytes of the source that were matched, context words included.
    public let span: Range<Int>
    /// The bytes of the source that hold the secret; of a base64 layer the whole run.
    public let secretSpan: Range<Int>
    /// Where in a JSON document it stands, as a JSON pointer (RFC 6901) such as `/tags/0`; `nil` for plain text, and `""` for the top.
    ///
    /// Of each key the first 256 bytes are told, and of pointers deeper than 64 levels or longer than 256 bytes the end.
    public let keyPath: String?
    /// The decodings between source and secret, outermost first; of a layer that is not empty, the source holds an encoded form.
    public let layers: [Layer]

    let hasFixedPrefix: Bool

    /// A keyed hash by which a finding is recognised later, without its place or value: 64 hexadecimal digits.
    ///
    /// - Parameters:
    ///   - key: The key of the project or the server; without it, a hash of a short secret could be turned back.
    ///   - source: The bytes that were scanned.
    /// - Returns: `nil` when the source is too short to be the one that was scanned.
    /// - Throws: `CryptographyError` when libcrypto fails.
    public func fingerprint(key: SecretBytes, in source: [UInt8]) throws(CryptographyError) -> String? {
        guard self.secretSpan.lowerBound >= 0, self.secretSpan.upperBound <= source.count else { return nil }
        let message = Array(self.type.utf8) + [0] + source[self.secretSpan]
        return "\(try HMACSHA256(key: key).code(for: message))"
    }

    /// Where the secret begins, counted from line 1 and column 1 in bytes; lines end with a line feed.
    ///
    /// Takes time in proportion to the place.
    ///
    /// - Parameter source: The bytes that were scanned.
    public func position(in source: [UInt8]) -> (line: Int, column: Int) {
        var (line, column) = (1, 1)
        for byte in source.prefix(max(self.secretSpan.lowerBound, 0)) {
            (line, column) = byte == 0x0A ? (line + 1, 1) : (line, column + 1)
        }
        return (line, column)
    }
}

extension Finding: CustomStringConvertible {
    /// Type, confidence and place: `GitHub Token (high) at 17..<57`.
    public var description: String {
        let path = self.keyPath.map { $0.isEmpty ? "" : " in \($0.count) characters of path" } ?? ""
        return "\(self.type) (\(self.confidence)) at \(self.secretSpan)\(path)"
    }
}
