import StrictJSON

/// The form of a JSON Web Token: RFC 7519.
enum JSONWebToken {
    /// Whether the parts before the first and the second dot decode to JSON objects.
    static func isPlausible(_ text: ByteText, _ token: Range<Int>) -> Bool {
        var start = token.lowerBound
        for _ in 0..<2 {
            let end = text.end(of: .base64Either, from: start, limit: 8_192)
            var decoded: [UInt8] = []
            Base64.decode(text, start..<min(end, token.upperBound), into: &decoded)
            guard let value = try? JSONValue(parsing: decoded), value.objectValue != nil else { return false }
            start = end + 1
        }
        return true
    }
}
