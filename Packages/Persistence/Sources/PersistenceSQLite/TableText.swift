import PersistenceDriver

/// The named unique constraints and primary keys in a `CREATE TABLE` text.
struct TableText {
    struct Constraint: Equatable {
        let name: String
        let columns: [String]
    }

    let uniqueConstraints: [Constraint]

    init(_ text: String) {
        self.uniqueConstraints = Self.definitions(in: text).flatMap(Self.constraints)
    }

    /// The tokens of each column and table constraint, as commas of the outer parentheses divide them.
    private static func definitions(in text: String) -> [[SQLTokens.Token]] {
        var definitions: [[SQLTokens.Token]] = [[]]
        var depth = 0
        for token in SQLTokens(text) {
            if token == .symbol(UInt8(ascii: ")")) { depth -= 1 }
            if depth == 1, token == .symbol(UInt8(ascii: ",")) {
                definitions.append([])
            } else if depth >= 1 {
                definitions[definitions.count - 1].append(token)
            }
            if token == .symbol(UInt8(ascii: "(")) { depth += 1 }
        }
        return definitions
    }

    /// `CONSTRAINT name UNIQUE (a, b)` of a table, or `a TEXT CONSTRAINT name UNIQUE` of a column.
    private static func constraints(in definition: [SQLTokens.Token]) -> [Constraint] {
        var found: [Constraint] = []
        for index in definition.indices.dropLast(2) where Self.isWord(definition[index], "CONSTRAINT") {
            guard case .word(let name, _) = definition[index + 1] else { continue }
            guard Self.isWord(definition[index + 2], "UNIQUE") || Self.isWord(definition[index + 2], "PRIMARY") else { continue }
            if index == 0 {
                found.append(Constraint(name: name, columns: Self.listedColumns(in: definition[(index + 3)...])))
            } else if case .word(let column, _) = definition[0] {
                found.append(Constraint(name: name, columns: [column]))
            }
        }
        return found
    }

    /// The first word of each member of the first list in parentheses; sort orders and collations follow it.
    private static func listedColumns(in tokens: ArraySlice<SQLTokens.Token>) -> [String] {
        var columns: [String] = []
        var expectsName = false
        for token in tokens {
            switch token {
            case .symbol(UInt8(ascii: "(")), .symbol(UInt8(ascii: ",")): expectsName = true
            case .symbol(UInt8(ascii: ")")): return columns
            case .word(let name, _) where expectsName:
                columns.append(name)
                expectsName = false
            case .word, .string, .symbol: break
            }
        }
        return columns
    }

    private static func isWord(_ token: SQLTokens.Token, _ keyword: String) -> Bool {
        if case .word(let word, isQuoted: false) = token { word.uppercased() == keyword } else { false }
    }
}
