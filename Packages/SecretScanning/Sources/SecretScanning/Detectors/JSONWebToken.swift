import StrictJSON

/// The form of a JSON Web Token: RFC 7519.
enum JSONWebToken {
    /// How much of the form is there.
    enum Form {
        case none
        /// Two JSON objects.
        case objects
        /// Two JSON objects, and the first names an algorithm, as RFC 7515 demands; `none` is one, too.
        case token
    }

    /// What the parts before the first and the second dot decode to.
    static func form(_ text: ByteText, _ token: Range<Int>) -> Form {
        var start = token.lowerBound
        var hasAlgorithm = false
        for part in 0..<2 {
            let end = text.end(of: .base64Either, from: start, limit: 8_192)
            var decoded: [UInt8] = []
            Base64.decode(text, start..<max(min(end, token.upperBound), start), into: &decoded)
            guard let object = (try? JSONValue(parsing: decoded))?.objectValue else { return .none }
            if part == 0 { hasAlgorithm = object["alg"] != nil }
            start = end + 1
        }
        return hasAlgorithm ? .token : .objects
    }
}
