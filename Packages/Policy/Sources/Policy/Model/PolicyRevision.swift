import Cryptography
import StrictJSON

/// Names what a policy says: SHA-256 over the canonical form of all files that it is made of, comments and layout aside.
public struct PolicyRevision: Hashable, Sendable, CustomStringConvertible {
    /// 64 hexadecimal digits in lower case.
    public let text: String

    /// The files, the one asked for first, each in the sorted JSON form.
    init(_ documents: [PolicyNode]) {
        let form = JSONValue.array(documents.map(\.canonical)).sortedBytes()
        var hash = SHA256()
        hash.update(form)
        self.text = "\(hash.finalize())"
    }

    /// The digits.
    public var description: String { self.text }
}

extension PolicyNode {
    fileprivate var canonical: JSONValue {
        switch self.content {
        case .list(let elements): return .array(elements.map(\.canonical))
        case .map(let members): return .object(JSONObject(members.map { ($0.key, $0.value.canonical) }))
        case .scalar(let text, _):
            switch self.meaning {
            case .null: return .null
            case .bool(let flag): return .bool(flag)
            case .number(let digits):
                // A fraction would be rounded, so that two policies could look like one.
                if let number = JSONNumber(text: digits), number.isInteger { return .number(number) }
                return ["number": .string(digits)]
            default: return .string(text)
            }
        }
    }
}
