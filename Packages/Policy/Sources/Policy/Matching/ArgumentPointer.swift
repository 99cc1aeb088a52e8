import StrictJSON

/// A JSON pointer (RFC 6901) into arguments, in which `*` stands for every element of an array and every member of an object.
///
/// ```
/// /path            the argument "path"
/// /files/*/name    the name of every file
/// /a~1b            the argument "a/b"; ~0 is a tilde, ~2 an asterisk that is meant as such
/// ```
struct ArgumentPointer: Sendable, Hashable {
    private enum Step: Sendable, Hashable {
        case name(String)
        case all
    }

    let text: String
    private let steps: [Step]

    static let maximumSteps = 16

    /// - Returns: nil for what is no pointer to a part of an object.
    init?(_ text: String) {
        guard text.utf8.first == UInt8(ascii: "/"), text.utf8.count <= 512 else { return nil }
        var steps: [Step] = []
        for part in text.utf8.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
            if part.elementsEqual("*".utf8) {
                steps.append(.all)
                continue
            }
            var name: [UInt8] = []
            var rest = part[...]
            while let byte = rest.popFirst() {
                guard byte == UInt8(ascii: "~") else {
                    name.append(byte)
                    continue
                }
                switch rest.popFirst() {
                case UInt8(ascii: "0"): name.append(UInt8(ascii: "~"))
                case UInt8(ascii: "1"): name.append(UInt8(ascii: "/"))
                case UInt8(ascii: "2"): name.append(UInt8(ascii: "*"))
                default: return nil
                }
            }
            steps.append(.name(String(decoding: name, as: UTF8.self)))
        }
        guard steps.count <= Self.maximumSteps else { return nil }
        self.text = text
        self.steps = steps
    }

    /// A pointer to one argument.
    init(argument name: String) {
        self.text = "/" + Self.escaped(name)
        self.steps = [.name(name)]
    }

    /// All values that the pointer leads to, in the order of the text; nil when a way ends before the pointer does, or there is none.
    func values(in arguments: JSONObject) -> [JSONValue]? {
        if self.steps.count == 1, case .name(let name) = self.steps[0] { return arguments[name].map { [$0] } }
        var found: [JSONValue] = [.object(arguments)]
        for step in self.steps {
            var next: [JSONValue] = []
            for value in found {
                switch (step, value) {
                case (.name(let name), .object(let object)):
                    guard let member = object[name] else { return nil }
                    next.append(member)
                case (.name(let name), .array(let elements)):
                    guard let index = Self.index(name), elements.indices.contains(index) else { return nil }
                    next.append(elements[index])
                case (.all, .object(let object)): for (_, member) in object { next.append(member) }
                case (.all, .array(let elements)): next += elements
                default: return nil
                }
            }
            found = next
        }
        return found.isEmpty ? nil : found
    }

    /// A name of the pointer beside which, on the way, a member stands whose name reads like it: in other letter case, with
    /// blanks, or with look-alike letters. Who reads the arguments after us might take that one.
    ///
    /// - Parameter skeleton: What remains of a name when letter case, blanks and look-alike letters do not count.
    func lookalike(
        in arguments: JSONObject, _ skeleton: (String) throws(EvaluationFailure) -> [UInt8]
    ) throws(EvaluationFailure) -> String? {
        var found: [JSONValue] = [.object(arguments)]
        for step in self.steps {
            var next: [JSONValue] = []
            for value in found {
                switch (step, value) {
                case (.name(let name), .object(let object)):
                    if try Self.hasLookalike(of: name, in: object, skeleton) { return name }
                    if let member = object[name] { next.append(member) }
                case (.name(let name), .array(let elements)):
                    if let index = Self.index(name), elements.indices.contains(index) { next.append(elements[index]) }
                case (.all, .object(let object)): for (_, member) in object { next.append(member) }
                case (.all, .array(let elements)): next += elements
                default: continue
                }
            }
            found = next
        }
        return nil
    }

    private static func hasLookalike(
        of name: String, in object: JSONObject, _ skeleton: (String) throws(EvaluationFailure) -> [UInt8]
    ) throws(EvaluationFailure) -> Bool {
        if object.count < 2 { return false }
        let wanted = try skeleton(name)
        for key in object.keys where !key.hasSameBytes(as: name) {
            if try skeleton(key) == wanted { return true }
        }
        return false
    }

    private static func index(_ text: String) -> Int? {
        guard text == "0" || text.utf8.first != UInt8(ascii: "0"), text.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else {
            return nil
        }
        return Int(text)
    }

    /// A name as it stands in a pointer.
    static func escaped(_ name: String) -> String {
        guard name.utf8.contains(where: { $0 == UInt8(ascii: "~") || $0 == UInt8(ascii: "/") }) else { return name }
        var escaped: [UInt8] = []
        for byte in name.utf8 {
            switch byte {
            case UInt8(ascii: "~"): escaped += "~0".utf8
            case UInt8(ascii: "/"): escaped += "~1".utf8
            default: escaped.append(byte)
            }
        }
        return String(decoding: escaped, as: UTF8.self)
    }
}
