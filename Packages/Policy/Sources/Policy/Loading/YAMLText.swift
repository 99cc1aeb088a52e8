import Yams

/// Reads the text of a policy file into nodes, and refuses what YAML has beyond plain values.
///
/// Refused are anchors and aliases (they make small files into large ones), merge keys, tags, keys that are no text, a key that
/// stands twice, and a second document. Every problem has its place.
enum YAMLText {
    /// The largest file that is read, in bytes.
    static let maximumBytes = 1 << 20
    /// How deep values may be nested.
    static let maximumDepth = 32

    /// - Returns: The value of the file, or nil when a problem was noted.
    static func read(_ text: String, in problems: ProblemList) -> PolicyNode? {
        guard self.isBounded(text) else {
            problems.add(nil, "anchors (&) and aliases (*) are not allowed; write such text in quotes")
            return nil
        }
        do {
            let parser = try Parser(yaml: text, resolver: .basic, encoding: .utf8)
            // Nodes do not own their anchors, the parser does.
            return try withExtendedLifetime(parser) {
                guard let root = try parser.singleRoot() else {
                    problems.add(nil, "the file is empty; a policy without rules is written as such")
                    return nil
                }
                return self.node(root, depth: 0, problems)
            }
        } catch {
            self.report(error, problems)
            return nil
        }
    }

    /// Whether aliases, if there are any, can only lead to little: the reader compares keys as a whole, so that a few nested
    /// aliases would keep it busy for ever. Places are counted generously; what is a true anchor is found later, with its place.
    private static func isBounded(_ text: String) -> Bool {
        var (anchors, aliases) = (0, 0)
        var before = UInt8(ascii: "\n")
        var mark: UInt8?
        for byte in text.utf8 {
            if let found = mark {
                let isName =
                    byte >= 0x80 || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                    || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
                if isName, found == UInt8(ascii: "&") { anchors += 1 }
                if isName, found == UInt8(ascii: "*") { aliases += 1 }
                mark = nil
            }
            if byte == UInt8(ascii: "&") || byte == UInt8(ascii: "*"), " \t\r\n[{,:".utf8.contains(before) { mark = byte }
            before = byte
        }
        if anchors == 0 || aliases <= 4 { return true }
        return anchors <= 4 && aliases <= 64
    }

    private static func node(_ node: Node, depth: Int, _ problems: ProblemList) -> PolicyNode? {
        let place = node.mark.map { PolicyPlace(line: $0.line, column: $0.column) } ?? PolicyPlace(line: 1, column: 1)
        guard node.anchor == nil else {
            problems.add(place, "anchors and aliases are not allowed; write the value where it is meant")
            return nil
        }
        guard depth < self.maximumDepth else {
            problems.add(place, "values are nested more than \(self.maximumDepth) deep")
            return nil
        }
        switch node {
        case .scalar(let scalar):
            guard self.isPlainTag(node.tag, [.implicit, .str, .nonSpecific]) else { return self.refuseTag(place, problems) }
            let isPlain = scalar.style == .plain || scalar.style == .any
            return PolicyNode(content: .scalar(scalar.string, isPlain: isPlain), place: place)
        case .sequence(let sequence):
            guard self.isPlainTag(node.tag, [.implicit, .seq]) else { return self.refuseTag(place, problems) }
            var elements: [PolicyNode] = []
            for element in sequence {
                // One problem with an anchor is enough: what it stands for may be met thousands of times.
                guard let element = self.node(element, depth: depth + 1, problems) else { return nil }
                elements.append(element)
            }
            return PolicyNode(content: .list(elements), place: place)
        case .mapping(let mapping):
            guard self.isPlainTag(node.tag, [.implicit, .map]) else { return self.refuseTag(place, problems) }
            var members: [PolicyNode.Member] = []
            var seen: [String: PolicyPlace] = [:]
            for (key, value) in mapping {
                guard let read = self.node(key, depth: depth + 1, problems) else { return nil }
                guard case .scalar(let name, let isPlain) = read.content else {
                    problems.add(read.place, "a key is no text")
                    return nil
                }
                guard !isPlain || name != "<<" else {
                    problems.add(read.place, "merge keys (<<) are not allowed; use extends")
                    return nil
                }
                if let first = seen.updateValue(read.place, forKey: name) {
                    problems.add(read.place, "the key \"\(name)\" stands twice, first in line \(first.line)")
                }
                guard let value = self.node(value, depth: depth + 1, problems) else { return nil }
                members.append(PolicyNode.Member(key: name, place: read.place, value: value))
            }
            return PolicyNode(content: .map(members), place: place)
        case .alias:
            problems.add(place, "anchors and aliases are not allowed; write the value where it is meant")
            return nil
        }
    }

    private static func isPlainTag(_ tag: Tag, _ names: [Tag.Name]) -> Bool {
        names.contains { tag == Tag($0) }
    }

    private static func refuseTag(_ place: PolicyPlace, _ problems: ProblemList) -> PolicyNode? {
        problems.add(place, "tags (!) are not allowed")
        return nil
    }

    private static func report(_ error: any Error, _ problems: ProblemList) {
        guard let error = error as? YamlError else {
            problems.add(nil, "the file cannot be read: \(error)")
            return
        }
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _), .composer(_, let problem, let mark, _):
            // A glob without quotes is what is met most often.
            let hint = problem.contains("alphabetic") ? "; text that begins with * or & stands in quotes" : ""
            problems.add(PolicyPlace(line: mark.line, column: mark.column), "this is no YAML: \(problem)\(hint)")
        case .duplicatedKeysInMapping(let keys, let context):
            let names = keys.map { "\"\($0)\"" }.joined(separator: ", ")
            problems.add(
                PolicyPlace(line: context.mark.line, column: context.mark.column),
                "the key \(names) stands twice in one map, first here")
        case .reader(let problem, _, _, _):
            problems.add(nil, "this is no YAML: \(problem)")
        default:
            problems.add(nil, "this is no YAML")
        }
    }
}
