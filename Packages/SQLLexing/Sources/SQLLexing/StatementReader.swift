/// Finds the verbs and the functions of one statement, in one pass over its tokens.
struct StatementReader {
    /// One level of parentheses.
    private struct Frame {
        /// Between `WITH` and the verb behind its list: names before a parenthesis are names of the list.
        var isListing = false
        /// Whether no token has been read in it yet.
        var isEmpty = true
    }

    private let tokens: [SQLToken]
    private let bytes: [UInt8]
    private let dialect: SQLDialect

    private var words: [String?] = []
    private var keywords: [String] = []
    private var kinds: Set<String> = []
    private var functions: [String] = []
    private var quotedNames: [String] = []
    private var leading: String?
    /// Where the leading keyword stands: behind the parentheses that open the statement.
    private var leadingIndex: Int?
    private var frames = [Frame()]
    /// Whether `EXPLAIN` and its options have been read and the statement behind them not yet.
    private var isExplaining = false
    /// Where words stand that insert, so that the `INTO` behind them is theirs.
    private var inserting: Set<Int> = []

    init(_ tokens: [SQLToken], of bytes: [UInt8], dialect: SQLDialect) {
        self.tokens = tokens
        self.bytes = bytes
        self.dialect = dialect
    }

    mutating func read() throws(SQLError) -> SQLStatement {
        self.words = self.tokens.map { $0.kind == .word ? SQLWords.uppercased(self.bytes[$0.range]) : nil }
        for index in self.tokens.indices {
            switch self.tokens[index].kind {
            case .open:
                self.open(at: index)
                continue
            case .close: if self.frames.count > 1 { self.frames.removeLast() }
            case .word: try self.readWord(at: index)
            case .quotedName, .stringOrName: self.quotedNames.append(self.content(of: index))
            case .assignment: if self.dialect == .mysql { self.kinds.insert("SET") }
            default: break
            }
            self.readValue(at: index)
            if self.leading == nil { throw self.noKeyword(at: index) }
            self.readCall(at: index)
            self.frames[self.frames.count - 1].isEmpty = false
        }
        guard let leading = self.leading else { throw self.noKeyword(at: self.tokens.count - 1) }
        guard !self.kinds.isEmpty else {
            throw SQLError(.malformed, at: self.tokens[0].range.lowerBound, message: "a statement whose verb is not seen")
        }
        return SQLStatement(
            keywords: self.keywords, leadingKeyword: leading, statementKinds: self.kinds, functions: self.functions,
            quotedNames: self.quotedNames)
    }

    private func noKeyword(at index: Int) -> SQLError {
        SQLError(.malformed, at: self.tokens[index].range.lowerBound, message: "a statement that does not begin with a keyword")
    }

    private mutating func open(at index: Int) {
        // In a list of WITH a parenthesis stands behind AS, MATERIALIZED or a listed name; elsewhere the main query begins.
        let frame = self.frames.count - 1
        if self.frames[frame].isListing {
            let word = self.word(before: index)
            let isDefinition = word == "AS" || word == "MATERIALIZED"
            if !isDefinition, !self.isDeclared(from: index - 1) { self.frames[frame].isListing = false }
        }
        self.frames[frame].isEmpty = false
        self.frames.append(Frame())
    }

    // MARK: Words

    private mutating func readWord(at index: Int) throws(SQLError) {
        guard let word = self.words[index] else { return }
        self.keywords.append(word)
        guard self.leading != nil else {
            guard word.utf8.allSatisfy({ $0 < 0x80 }) else { throw self.noKeyword(at: index) }
            self.leading = word
            self.leadingIndex = index
            self.begin(with: word, at: index)
            return
        }
        guard self.kind(before: index) != .dot else { return }
        if self.isExplaining, self.frames.count == 1 {
            self.readExplained(word, at: index)
        }
        self.readVerb(word, at: index)
    }

    /// The word that begins the statement.
    private mutating func begin(with word: String, at index: Int) {
        let explains = word == "EXPLAIN" || self.dialect == .mysql && ["DESC", "DESCRIBE"].contains(word)
        self.isExplaining = explains
        if word == "WITH" {
            self.frames[self.frames.count - 1].isListing = true
        } else {
            self.kinds.insert(word)
        }
        if ["INSERT", "REPLACE", "MERGE"].contains(word) { self.inserting.insert(index) }
    }

    private mutating func readExplained(_ word: String, at index: Int) {
        switch self.dialect {
        case .postgresql: if ["ANALYZE", "ANALYSE", "VERBOSE"].contains(word) { return }
        case .sqlite: if word == "QUERY" || word == "PLAN" && self.word(before: index) == "QUERY" { return }
        case .mysql: if !SQLWords.explained.contains(word) { return }
        }
        self.isExplaining = false
        self.begin(with: word, at: index)
    }

    private mutating func readVerb(_ word: String, at index: Int) {
        let frame = self.frames.count - 1
        let isCall = self.kind(after: index) == .open
        switch word {
        case "WITH":
            if self.frames[frame].isEmpty { self.frames[frame].isListing = true }
        case "SELECT":
            self.kinds.insert(word)
            self.frames[frame].isListing = false
        case "INSERT", "MERGE", "REPLACE":
            guard !isCall, word != "REPLACE" || self.dialect != .postgresql else { break }
            self.kinds.insert(word)
            if self.frames[frame].isListing || self.frames[frame].isEmpty { self.inserting.insert(index) }
            self.frames[frame].isListing = false
        case "UPDATE":
            self.kinds.insert(self.isRowLock(at: index) ? "LOCK" : word)
            self.frames[frame].isListing = false
        case "DELETE":
            self.kinds.insert(word)
            self.frames[frame].isListing = false
        case "SHARE":
            if ["FOR", "KEY"].contains(self.word(before: index)) { self.kinds.insert("LOCK") }
        case "LOCK":
            if self.word(after: index) == "IN" { self.kinds.insert(word) }
        case "TABLE":
            let isQuery = SQLWords.querying.contains(self.leading ?? "") || self.word(before: index) == "AS"
            if self.dialect != .sqlite, isQuery { self.kinds.insert(word) }
            self.frames[frame].isListing = false
        case "VALUES":
            if self.frames[frame].isListing { self.kinds.insert(word) }
            self.frames[frame].isListing = false
        case "INTO":
            if !self.belongsToInsert(at: index) { self.kinds.insert(word) }
        default: break
        }
    }

    /// `FOR UPDATE` and `FOR NO KEY UPDATE`; SQLite has neither, so that its `UPDATE` is always one.
    private func isRowLock(at index: Int) -> Bool {
        guard self.dialect != .sqlite else { return false }
        if self.word(before: index) == "FOR" { return true }
        return self.word(before: index) == "KEY" && self.word(before: index - 1) == "NO"
            && self.word(before: index - 2) == "FOR"
    }

    private func belongsToInsert(at index: Int) -> Bool {
        var before = index - 1
        // OR IGNORE is the longest of the modifiers that SQLite knows, LOW_PRIORITY IGNORE that of MySQL.
        for _ in 0..<3 {
            if self.inserting.contains(before) { return true }
            guard before >= 0, let word = self.words[before], SQLWords.isInsertModifier(word, in: self.dialect) else {
                return false
            }
            before -= 1
        }
        return false
    }

    // MARK: Calls

    /// Notes a name in front of a parenthesis, and the functions that need none.
    private mutating func readCall(at index: Int) {
        let word = self.words[index]
        guard self.kind(after: index) == .open else {
            if let word, self.kind(before: index) != .dot, self.kind(after: index) != .dot,
                SQLWords.isNiladic(word, in: self.dialect)
            {
                self.functions.append(SQLWords.lowercased(word.utf8))
            }
            return
        }
        switch self.tokens[index].kind {
        case .word, .quotedName, .stringOrName, .string: break
        default: return
        }
        let first = self.firstOfName(endingAt: index)
        if first == index, let word, self.isGrammar(word, at: index) { return }
        if self.isDeclared(from: first) { return }
        self.functions.append(self.name(from: first, through: index))
    }

    /// Notes what reaches into the server like a function and is written without parentheses: MySQL's system variables, and
    /// SQLite's functions that stand for tables, whose arguments a `WHERE` may give as well.
    private mutating func readValue(at index: Int) {
        switch (self.dialect, self.tokens[index].kind) {
        case (.mysql, .word), (.mysql, .quotedName), (.mysql, .stringOrName):
            guard self.isAt(index - 1), self.isAt(index - 2) else { return }
            var last = index
            while self.kind(after: last) == .dot, let kind = self.kind(after: last + 1), kind == .word || kind == .quotedName {
                last += 2
            }
            self.functions.append("@@" + self.name(from: index, through: last))
        case (.sqlite, .word), (.sqlite, .quotedName), (.sqlite, .string):
            // In front of a parenthesis it is noted as a call.
            guard self.kind(after: index) != .open else { return }
            let name = SQLWords.lowercased((self.words[index] ?? self.content(of: index)).utf8)
            if SQLWords.isTableFunction(name) { self.functions.append(name) }
        default: return
        }
    }

    private func isAt(_ index: Int) -> Bool {
        guard index >= 0, self.tokens[index].kind == .symbol, self.tokens[index].range.count == 1 else { return false }
        return self.bytes[self.tokens[index].range.lowerBound] == UInt8(ascii: "@")
    }

    private func isGrammar(_ word: String, at index: Int) -> Bool {
        if SQLWords.isGrammar(word, in: self.dialect) || self.leadingIndex == index { return true }
        let before = self.word(before: index)
        if let words = SQLWords.grammarBehind[word], let before, words.contains(before) { return true }
        if word == "SET", self.kinds.contains("UPDATE") || self.kinds.contains("MERGE") { return true }
        if word == "OVER" || word == "FILTER" { return self.kind(before: index) == .close }
        guard SQLWords.grammarBehindValue.contains(word), let kind = self.kind(before: index) else { return false }
        switch kind {
        case .close, .string, .stringOrName, .quotedName, .number, .parameter: return true
        case .word: return before == "NOT" || before.map { !SQLWords.isGrammar($0, in: self.dialect) } ?? false
        default: return false
        }
    }

    /// Whether the name is an alias, a type or a table that is declared here, not a function.
    private func isDeclared(from first: Int) -> Bool {
        guard let before = self.kind(before: first) else { return false }
        if before == .cast { return self.dialect == .postgresql }
        let isListing = self.frames[self.frames.count - 1].isListing
        if before == .comma { return isListing }
        switch self.word(before: first) {
        case "AS": return self.kind(before: first - 1) != .dot
        case "INTO": return self.belongsToInsert(at: first - 1)
        case "WITH": return isListing
        case "RECURSIVE": return isListing && self.word(before: first - 1) == "WITH"
        default: return false
        }
    }

    private func firstOfName(endingAt index: Int) -> Int {
        var first = index
        while first >= 2, self.tokens[first - 1].kind == .dot {
            switch self.tokens[first - 2].kind {
            case .word, .quotedName, .stringOrName, .string: first -= 2
            default: return first
            }
        }
        return first
    }

    private func name(from first: Int, through last: Int) -> String {
        stride(from: first, through: last, by: 2).map { index in
            if self.words[index] != nil { return SQLWords.lowercased(self.bytes[self.tokens[index].range]) }
            let content = self.content(of: index)
            let name = self.dialect == .postgresql ? content : SQLWords.lowercased(content.utf8)
            return name.utf8.contains(UInt8(ascii: ".")) || name.utf8.contains(UInt8(ascii: "\"")) ? "\"\(name)\"" : name
        }.joined(separator: ".")
    }

    /// What stands between the quotes, with doubled quotes made single.
    private func content(of index: Int) -> String {
        let range = self.tokens[index].range
        guard range.count >= 2 else { return "" }
        let quote = self.bytes[range.upperBound - 1]
        var content: [UInt8] = []
        var skips = false
        for byte in self.bytes[(range.lowerBound + 1)..<(range.upperBound - 1)] {
            if byte == quote, quote != UInt8(ascii: "]"), !skips {
                skips = true
                continue
            }
            skips = false
            content.append(byte)
        }
        return String(decoding: content, as: UTF8.self)
    }

    // MARK: Neighbours

    private func kind(before index: Int) -> SQLToken.Kind? {
        index >= 1 && index <= self.tokens.count ? self.tokens[index - 1].kind : nil
    }

    private func kind(after index: Int) -> SQLToken.Kind? {
        index + 1 < self.tokens.count ? self.tokens[index + 1].kind : nil
    }

    private func word(before index: Int) -> String? {
        index >= 1 && index <= self.words.count ? self.words[index - 1] : nil
    }

    private func word(after index: Int) -> String? {
        index + 1 < self.words.count ? self.words[index + 1] : nil
    }
}
