/// Puts the differences between two sets of objects into words.
enum SchemaDifferences {
    typealias Objects = [SchemaPicture.Name: String]

    static func lines(actual: Objects, expected: Objects) -> [String] {
        var lines: [String] = []
        var missing: [SchemaPicture.Name] = []
        for (name, definition) in expected.sorted(by: { $0.key < $1.key }) {
            guard let found = actual[name] else {
                missing.append(name)
                continue
            }
            if found != definition { lines.append("\(name.words) is \(found) instead of \(definition)") }
        }
        var extra = actual.keys.filter { expected[$0] == nil }.sorted()
        for name in missing {
            // The same thing under another name is one difference, not two.
            let namesake = extra.firstIndex {
                $0.kind == name.kind && $0.owner == name.owner && Self.canBeRenamed($0) && actual[$0] == expected[name]
            }
            if let namesake {
                lines.append("\(name.words) has the name \(extra.remove(at: namesake).name)")
            } else if Self.isImplied(name, by: expected, missingFrom: actual) {
                continue
            } else {
                lines.append("\(name.words) is missing\(Self.detail(expected[name]))")
            }
        }
        for name in extra where !Self.isImplied(name, by: actual, missingFrom: expected) {
            lines.append("\(name.words) is extra\(Self.detail(actual[name]))")
        }
        return lines
    }

    private static func canBeRenamed(_ name: SchemaPicture.Name) -> Bool {
        name.kind == "constraint" || name.kind == "index" || name.kind == "trigger" || name.kind == "sequence"
    }

    /// What belongs to a table that is only on one side needs no line of its own, nor does the order of columns.
    private static func isImplied(_ name: SchemaPicture.Name, by side: Objects, missingFrom other: Objects) -> Bool {
        if name.kind == "table" || name.owner.isEmpty { return false }
        let table = SchemaPicture.Name(kind: "table", owner: name.owner, name: name.owner)
        return side[table] != nil && other[table] == nil
    }

    private static func detail(_ definition: String?) -> String {
        guard let definition, !definition.isEmpty, definition != "table" else { return "" }
        return " (\(definition))"
    }
}
