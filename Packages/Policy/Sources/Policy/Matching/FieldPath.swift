import StrictJSON

/// A dotted path to fields of arguments or outputs: `*` alone for everything, `a.b`, `rows.*.email`, `rows.0.email`, `rows[0].email`.
///
/// All strings at and below the place are meant. A key that itself holds dots is found as well.
struct FieldPath: Sendable, Hashable {
    let text: String
    private let steps: [String]

    static let maximumSteps = 16

    /// - Returns: nil for an empty path, empty steps, or brackets that hold no number.
    init?(_ text: String) {
        guard !text.isEmpty, text.utf8.count <= 512 else { return nil }
        self.text = text
        if text == "*" {
            self.steps = []
            return
        }
        var steps: [String] = []
        for part in text.split(separator: ".", omittingEmptySubsequences: false) {
            var pieces = part.split(separator: "[", omittingEmptySubsequences: false)
            let head = pieces.removeFirst()
            guard !head.isEmpty || (!pieces.isEmpty && steps.isEmpty) else { return nil }
            if !head.isEmpty { steps.append(String(head)) }
            for piece in pieces {
                guard piece.last == "]", let index = Int(piece.dropLast()), index >= 0 else { return nil }
                steps.append("\(index)")
            }
        }
        guard steps.count <= Self.maximumSteps else { return nil }
        self.steps = steps
    }

    /// Whether everything is meant.
    var isEverything: Bool { self.steps.isEmpty }

    /// The values at the path.
    func values(in root: JSONValue) -> [JSONValue] {
        var found: [JSONValue] = []
        self.collect(root, from: 0) { found.append($0) }
        return found
    }

    private func collect(_ value: JSONValue, from step: Int, _ take: (JSONValue) -> Void) {
        guard step < self.steps.count else {
            take(value)
            return
        }
        switch value {
        case .object(let object):
            if self.steps[step] == "*" {
                for (_, member) in object { self.collect(member, from: step + 1, take) }
                return
            }
            for end in step..<self.steps.count {
                if let member = object[self.steps[step...end].joined(separator: ".")] {
                    self.collect(member, from: end + 1, take)
                }
            }
        case .array(let elements):
            if self.steps[step] == "*" {
                for element in elements { self.collect(element, from: step + 1, take) }
            } else if let index = Int(self.steps[step]), elements.indices.contains(index) {
                self.collect(elements[index], from: step + 1, take)
            }
        default: return
        }
    }

    /// A copy in which the values at the path are replaced by what the transform makes of them.
    func replacing(in root: JSONValue, _ transform: (JSONValue) -> JSONValue) -> JSONValue {
        self.replaced(root, from: 0, transform)
    }

    private func replaced(_ value: JSONValue, from step: Int, _ transform: (JSONValue) -> JSONValue) -> JSONValue {
        guard step < self.steps.count else { return transform(value) }
        switch value {
        case .object(let object):
            var copy = object
            if self.steps[step] == "*" {
                for (key, member) in object { copy[key] = self.replaced(member, from: step + 1, transform) }
                return .object(copy)
            }
            for end in step..<self.steps.count {
                let key = self.steps[step...end].joined(separator: ".")
                if let member = copy[key] { copy[key] = self.replaced(member, from: end + 1, transform) }
            }
            return .object(copy)
        case .array(var elements):
            if self.steps[step] == "*" {
                return .array(elements.map { self.replaced($0, from: step + 1, transform) })
            }
            if let index = Int(self.steps[step]), elements.indices.contains(index) {
                elements[index] = self.replaced(elements[index], from: step + 1, transform)
            }
            return .array(elements)
        default: return value
        }
    }
}

extension JSONValue {
    /// Tells every string and every key at and below this value.
    ///
    /// - Parameter takesCards: Whether numbers that may be those of payment cards are told too.
    func visitTexts(takesCards: Bool = false, _ visit: (String) -> Void) {
        switch self {
        case .string(let text): visit(text)
        case .array(let elements): for element in elements { element.visitTexts(takesCards: takesCards, visit) }
        case .object(let object):
            for (key, member) in object {
                visit(key)
                member.visitTexts(takesCards: takesCards, visit)
            }
        case .number(let number): if takesCards, let digits = CardNumber.digits(of: number) { visit(digits) }
        default: return
        }
    }
}

/// Numbers that may be those of payment cards (ISO/IEC 7812): 13 to 19 digits, a first digit of an issuer that exists, and a last digit
/// that fits the others. Most counters and times of day do not.
enum CardNumber {
    /// The digits of such a number, also when it is written with an exponent; nil for others.
    static func digits(of number: JSONNumber) -> String? {
        guard number.text.utf8.count >= 5, let value = number.exactly(UInt64.self) else { return nil }
        let digits = String(value)
        guard (13...19).contains(digits.utf8.count), let first = digits.utf8.first,
            (UInt8(ascii: "2")...UInt8(ascii: "6")).contains(first)
        else { return nil }
        var sum = 0
        for (place, byte) in digits.utf8.reversed().enumerated() {
            let digit = Int(byte - UInt8(ascii: "0"))
            let doubled = place % 2 == 1 ? digit * 2 : digit
            sum += doubled > 9 ? doubled - 9 : doubled
        }
        return sum % 10 == 0 ? digits : nil
    }
}
