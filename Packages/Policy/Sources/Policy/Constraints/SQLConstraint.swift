import SQLLexing

/// Demands that a text is one statement of SQL that does and calls only what is allowed.
///
/// ```yaml
/// dialect: postgresql                    # or mysql, sqlite; without it, the text must pass as each of them
/// allowed_statements: [SELECT]           # every verb in the statement must be among them
/// denied_keywords: [UNION, INTO OUTFILE] # words and phrases outside of strings and comments
/// allowed_functions: [count, lower]      # globs; without the list, what reads files or other servers is denied
/// denied_functions: [pg_*]
/// denied_tables: [pg_authid, mysql]      # globs; names of tables and schemas, wherever they stand outside of strings and comments
/// ```
///
/// What the tokenizer doubts denies the call, whatever other rules say.
struct SQLConstraint: Sendable {
    let dialects: [SQLDialect]
    /// Verbs in upper case; nil allows all, an empty list none.
    let allowedStatements: [String]?
    /// Phrases in upper case.
    let deniedKeywords: [[String]]
    /// nil allows all but ``notoriousFunctions``, an empty list none.
    let allowedFunctions: NameSet?
    let deniedFunctions: NameSet
    let deniedTables: NameSet

    func check(_ text: String) throws(EvaluationFailure) -> Mismatch.Reason? {
        var mismatch: Mismatch.Reason?
        // All dialects are asked, so that a doubt of any denies even if another has already said no.
        for dialect in self.dialects {
            let script: SQLScript
            do {
                script = try SQLScript(text, dialect: dialect)
            } catch {
                throw EvaluationFailure(
                    message: "the text cannot be read as one statement of \(dialect.rawValue): \(error.message)")
            }
            if mismatch == nil { mismatch = self.check(script) }
        }
        if mismatch == nil, let joined = Self.withoutPartingComments(text) {
            // This form is judged for its words alone; it need not be SQL.
            for dialect in self.dialects {
                guard mismatch == nil, let script = try? SQLScript(joined, dialect: dialect) else { continue }
                mismatch = self.check(script)
            }
        }
        return mismatch
    }

    /// The text without comments that stand right between two letters, as in `UN/**/ION`; nil when there are none.
    private static func withoutPartingComments(_ text: String) -> String? {
        guard text.utf8.contains(UInt8(ascii: "/")) else { return nil }
        let bytes = Array(text.utf8)
        func isLetter(_ index: Int) -> Bool {
            bytes.indices.contains(index) && (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(bytes[index] | 0x20)
        }
        func isMark(_ first: Character, _ second: Character, at index: Int) -> Bool {
            bytes.indices.contains(index + 1) && bytes[index] == first.asciiValue && bytes[index + 1] == second.asciiValue
        }
        var kept: [UInt8] = []
        var index = 0
        while index < bytes.count {
            if isMark("/", "*", at: index), isLetter(index - 1) {
                var end = index + 2
                while end < bytes.count, !isMark("*", "/", at: end) { end += 1 }
                if isLetter(end + 2) {
                    index = end + 2
                    continue
                }
                // Nothing between here and there is looked at twice, so that the whole takes linear time.
                kept += bytes[index..<min(end, bytes.count)]
                index = min(end, bytes.count)
                continue
            }
            kept.append(bytes[index])
            index += 1
        }
        return kept.count == bytes.count ? nil : String(decoding: kept, as: UTF8.self)
    }

    private func check(_ script: SQLScript) -> Mismatch.Reason? {
        guard let statement = script.statements.first, script.statements.count == 1 else {
            return .statements(count: script.statements.count)
        }
        if let allowed = self.allowedStatements {
            let refused = statement.statementKinds.subtracting(allowed)
            if let kind = refused.min() { return .statementKind(kind) }
        }
        for phrase in self.deniedKeywords {
            if statement.contains(phrase: phrase) { return .deniedKeyword(phrase.joined(separator: " ")) }
        }
        if !self.deniedTables.isEmpty {
            for name in statement.keywords + statement.quotedNames {
                if self.deniedTables.contains(name.utf8.map(\.asciiLowercased)) { return .deniedTable(name) }
            }
        }
        for function in statement.functions {
            let name = Array(function.utf8).map(\.asciiLowercased)
            // A function is meant by its own name too, whatever schema it is asked from.
            let last = Array(name.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).last ?? [])
            func names(_ set: NameSet) -> Bool { set.contains(name) || set.contains(last) }
            if names(self.deniedFunctions) || self.deniedKeywords.contains(where: { Self.isWord($0, last) }) {
                return .function(function)
            }
            if let allowed = self.allowedFunctions {
                // A quoted name in capitals is another function in PostgreSQL, so the case counts here.
                guard allowed.contains(Array(function.utf8)) else { return .function(function) }
            } else if names(Self.notoriousFunctions) {
                return .function(function)
            }
        }
        return nil
    }

    private static func isWord(_ phrase: [String], _ name: [UInt8]) -> Bool {
        phrase.count == 1 && phrase[0].utf8.count == name.count
            && zip(phrase[0].utf8, name).allSatisfy { $0.asciiLowercased == $1 }
    }

    /// Functions that reach beyond the tables, or only keep a server busy; denied where a rule lists no functions.
    static let notoriousFunctions = NameSet([
        "pg_*", "lo_*", "loread", "lowrite", "dblink*", "query_to_xml*", "table_to_xml*", "schema_to_xml*", "database_to_xml*",
        "cursor_to_xml*", "xpath_table", "set_config", "setval", "nextval", "load_file", "sleep", "benchmark", "get_lock",
        "sys_exec", "sys_eval", "sys_set", "sys_get", "load_extension", "readfile", "writefile", "edit", "fts3_tokenizer",
        "fsdir",
        "pragma_*", "dbstat", "sqlite_db*", "sqlite_stmt", "@@*", "lsmode", "zipfile", "eval", "inet_server_addr", "txid_current",
        "updatexml", "extractvalue",
    ])
}

/// Names and patterns of names, in lower case; those without wildcards are found at once, however many there are.
struct NameSet: Sendable {
    private let names: Set<[UInt8]>
    private let patterns: [NamePattern]

    init(_ texts: [String]) {
        self.names = Set(texts.filter { !$0.utf8.contains(UInt8(ascii: "*")) }.map { $0.utf8.map(\.asciiLowercased) })
        self.patterns = texts.filter { $0.utf8.contains(UInt8(ascii: "*")) }.map { NamePattern($0) }
    }

    var isEmpty: Bool { self.names.isEmpty && self.patterns.isEmpty }

    func contains(_ name: [UInt8]) -> Bool { self.names.contains(name) || self.patterns.contains { $0.matches(name) } }
}

/// A name with `*` for any text at any place, in lower case; for names of functions and domains.
struct NamePattern: Sendable, Hashable {
    private let parts: [[UInt8]]

    init(_ text: String) {
        self.parts = text.utf8.map(\.asciiLowercased).split(separator: UInt8(ascii: "*"), omittingEmptySubsequences: false).map(
            Array.init)
    }

    /// Whether a name in lower case matches as a whole.
    func matches(_ name: [UInt8]) -> Bool {
        guard let first = self.parts.first, let last = self.parts.last else { return false }
        if self.parts.count == 1 { return first == name }
        guard name.count >= first.count + last.count, name.starts(with: first), name.suffix(last.count).elementsEqual(last) else {
            return false
        }
        var rest = name[first.count..<(name.count - last.count)]
        for part in self.parts.dropFirst().dropLast() where !part.isEmpty {
            guard let place = rest.indices.first(where: { rest[$0...].starts(with: part) }) else { return false }
            rest = rest[(place + part.count)...]
        }
        return true
    }
}
