import StrictJSON

/// Takes the fields of one map of a policy file and notes each fault with its place.
struct FieldReader {
    let what: String
    let place: PolicyPlace
    let problems: ProblemList
    private let members: [PolicyNode.Member]

    /// - Parameters:
    ///   - node: What should be a map.
    ///   - what: How the map is called in messages, such as `rule "a"`.
    ///   - fields: The fields that it may have; others are noted.
    init?(_ node: PolicyNode, _ what: String, allowing fields: [String], in problems: ProblemList) {
        guard case .map(let members) = node.content else {
            problems.add(node.place, "\(what) must be a map of fields")
            return nil
        }
        self.what = what
        self.place = node.place
        self.problems = problems
        self.members = members
        for member in members where !fields.contains(where: { $0.utf8.elementsEqual(member.key.utf8) }) {
            let list = fields.joined(separator: ", ")
            problems.add(member.place, "unknown field \"\(member.key)\" in \(what); known are \(list)")
        }
    }

    /// The same map under another name in messages, once its own is known.
    func renamed(_ what: String, allowing fields: [String]) -> FieldReader? {
        FieldReader(PolicyNode(content: .map(self.members), place: self.place), what, allowing: fields, in: self.problems)
    }

    /// The value of a field; nil when it is not there, or is an empty place, which is noted.
    func node(_ field: String) -> PolicyNode? {
        guard let member = self.members.first(where: { $0.key.utf8.elementsEqual(field.utf8) }) else { return nil }
        if case .null = member.value.meaning {
            self.problems.add(member.place, "\(field) of \(self.what) has no value; leave the field out or write one")
            return nil
        }
        return member.value
    }

    func has(_ field: String) -> Bool { self.members.contains { $0.key.utf8.elementsEqual(field.utf8) } }

    /// Whether a field is a map that says nothing.
    func isEmptyMap(_ field: String) -> Bool {
        self.members.contains { member in
            guard member.key.utf8.elementsEqual(field.utf8), case .map(let inner) = member.value.content else { return false }
            return inner.isEmpty
        }
    }

    func fault(_ field: String, _ message: String) {
        let member = self.members.first { $0.key.utf8.elementsEqual(field.utf8) }
        self.problems.add(member?.value.place ?? self.place, "\(field) of \(self.what) \(message)")
    }

    func string(_ field: String, isRequired: Bool = false) -> String? {
        guard let node = self.node(field) else {
            if isRequired, !self.has(field) { self.problems.add(self.place, "\(self.what) needs the field \(field)") }
            return nil
        }
        return self.text(node, "\(field) of \(self.what)")
    }

    /// Text that cannot be mistaken for a number or a boolean.
    func text(_ node: PolicyNode, _ name: String) -> String? {
        switch node.meaning {
        case .text(let text): return self.isPlain(text, at: node.place, name) ? text : nil
        case .null: self.problems.add(node.place, "\(name) has no value")
        case .bool, .number, .doubtful: self.problems.add(node.place, "\(name) is no text; write it in quotes if text is meant")
        case nil: self.problems.add(node.place, "\(name) must be a text")
        }
        return nil
    }

    /// Whether a text has no control characters but tab and line ends, which nobody sees and no name has; notes one that has.
    func isPlain(_ text: String, at place: PolicyPlace, _ name: String) -> Bool {
        let isPlain = text.unicodeScalars.allSatisfy { scalar in
            scalar.value >= 0x20 && !(0x7F...0x9F).contains(scalar.value) || scalar == "\t" || scalar == "\n" || scalar == "\r"
        }
        if !isPlain { self.problems.add(place, "\(name) has a control character, such as NUL") }
        return isPlain
    }

    func bool(_ field: String) -> Bool? {
        guard let node = self.node(field) else { return nil }
        if case .bool(let flag) = node.meaning { return flag }
        self.fault(field, "must be true or false")
        return nil
    }

    func integer(_ field: String, in range: ClosedRange<Int>) -> Int? {
        guard let node = self.node(field) else { return nil }
        // As JSON has it: 010 is eight to some readers of YAML.
        guard case .number(let text) = node.meaning, JSONNumber(text: text)?.isInteger == true, let number = Int(text),
            range.contains(number)
        else {
            self.fault(field, "must be a whole number from \(range.lowerBound) to \(range.upperBound)")
            return nil
        }
        return number
    }

    func number(_ field: String) -> JSONNumber? {
        guard let node = self.node(field) else { return nil }
        guard case .number(let text) = node.meaning, let number = JSONNumber(text: text) else {
            self.fault(field, "must be a number")
            return nil
        }
        return number
    }

    /// The elements of a list; nil when the field is not there. A fault counts as an empty list.
    func list(_ field: String) -> [PolicyNode]? {
        guard let node = self.node(field) else { return self.has(field) ? [] : nil }
        guard case .list(let elements) = node.content else {
            self.fault(field, "must be a list")
            return []
        }
        return elements
    }

    /// A list of texts; nil when the field is not there. A fault counts as an empty list.
    func strings(_ field: String) -> [(text: String, place: PolicyPlace)]? {
        self.list(field)?.compactMap { element in
            self.text(element, "an entry of \(field) of \(self.what)").map { ($0, element.place) }
        }
    }

    /// The members of a map of free names; empty when the field is not there.
    func map(_ field: String) -> [PolicyNode.Member] {
        guard let node = self.node(field) else { return [] }
        guard case .map(let members) = node.content else {
            self.fault(field, "must be a map")
            return []
        }
        return members
    }
}
