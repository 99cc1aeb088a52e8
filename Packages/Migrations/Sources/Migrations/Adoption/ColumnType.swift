/// Whether a column of another tool's can serve as one of ours.
enum ColumnType {
    /// Same kind of value, at least as wide; the length of text does not count, since the program checks it.
    static func isCompatible(_ actual: String, with expected: String) -> Bool {
        if actual == expected { return true }
        let (have, want) = (self.withoutLength(actual), self.withoutLength(expected))
        if self.texts.contains(have), self.texts.contains(want) { return true }
        for family in [["smallint", "integer", "bigint"], ["real", "double precision"], ["json", "jsonb"]] {
            if let width = family.firstIndex(of: have), let needed = family.firstIndex(of: want) { return width >= needed }
        }
        return false
    }

    private static let texts: Set = ["text", "character varying"]

    private static func withoutLength(_ type: String) -> String {
        type.hasSuffix(")") ? String(type.prefix { $0 != "(" }) : type
    }
}
