import SQLLexing
import StrictJSON
import TextFolding

/// Reads what a rule demands of arguments.
///
/// ```yaml
/// constraints:
///   path: {…}                # the argument "path"
///   sql: {…}                 # the argument "query"
///   url: {…}                 # the argument "url"
///   arguments: {denied_patterns: [{field: "*", pattern: …, label: …}], max_arg_length: 4096}
///   at:                      # any other place, as a JSON pointer; * stands for every element
///     /files/*/name: {path: {…}}
///     /note: {text: {…}}
///     /limit: {number: {…}}
/// ```
struct ConstraintReader {
    private let rules: RuleReader
    private let what: String
    private var problems: ProblemList { self.rules.problems }

    init(_ rules: RuleReader, rule what: String) {
        self.rules = rules
        self.what = what
    }

    private static let kinds = ["path", "sql", "url", "text", "number"]

    func constraints(_ node: PolicyNode) -> RuleConstraints {
        var constraints = RuleConstraints()
        let what = "the constraints of \(self.what)"
        guard let reader = FieldReader(node, what, allowing: ["path", "sql", "url", "arguments", "at"], in: self.problems) else {
            return constraints
        }
        for (kind, argument) in [("path", "path"), ("sql", "query"), ("url", "url")] {
            guard let node = reader.node(kind), let demand = self.demand(kind, node) else { continue }
            constraints.located.append(RuleConstraints.Located(pointer: ArgumentPointer(argument: argument), demand: demand))
        }
        for member in reader.map("at") {
            guard let pointer = ArgumentPointer(member.key) else {
                self.problems.add(
                    member.place,
                    "\"\(member.key)\" in \(what) is no JSON pointer such as /path or /files/*/name, at most 16 steps")
                continue
            }
            let place = "the constraints at \(member.key) of \(self.what)"
            guard let demands = FieldReader(member.value, place, allowing: Self.kinds, in: self.problems) else { continue }
            var count = 0
            for kind in Self.kinds {
                guard let node = demands.node(kind) else { continue }
                count += 1
                if let demand = self.demand(kind, node) {
                    constraints.located.append(RuleConstraints.Located(pointer: pointer, demand: demand))
                }
            }
            if count == 0 {
                self.problems.add(member.value.place, "\(place) say nothing; known are \(Self.kinds.joined(separator: ", "))")
            }
        }
        if reader.isEmptyMap("at") {
            reader.fault("at", "is empty; leave it out or name a place")
        }
        if reader.isEmptyMap("arguments") {
            reader.fault("arguments", "is empty; leave it out or say what is denied")
        } else if let node = reader.node("arguments") {
            self.readArguments(node, &constraints)
        }
        return constraints
    }

    private func readArguments(_ node: PolicyNode, _ constraints: inout RuleConstraints) {
        let what = "arguments of \(self.what)"
        guard let reader = FieldReader(node, what, allowing: ["denied_patterns", "max_arg_length"], in: self.problems) else {
            return
        }
        constraints.maximumArguments = reader.integer("max_arg_length", in: 0...Int(Int32.max))
        for node in reader.list("denied_patterns") ?? [] {
            let entry = "an entry of denied_patterns of \(what)"
            guard let fields = FieldReader(node, entry, allowing: ["field", "pattern", "label"], in: self.problems),
                let pattern = self.pattern(fields, .search, entry)
            else { continue }
            let text = fields.string("field") ?? "*"
            guard let field = FieldPath(text) else {
                fields.fault("field", "must be \"*\" or a path such as a.b or a[0]")
                continue
            }
            constraints.deniedPatterns.append(RuleConstraints.DeniedPattern(field: field, pattern: pattern))
        }
    }

    private func pattern(_ reader: FieldReader, _ use: PatternCompiler.Use, _ what: String) -> TextPattern? {
        guard let text = reader.string("pattern", isRequired: true), let place = reader.node("pattern")?.place,
            let pattern = self.rules.compiler.pattern(text, use, place: place, what)
        else { return nil }
        return TextPattern(pattern, label: reader.string("label") ?? text)
    }

    /// A list of patterns, each a text or a map with pattern and label.
    private func patterns(_ reader: FieldReader, _ field: String, _ use: PatternCompiler.Use) -> [TextPattern]? {
        reader.list(field)?.compactMap { node -> TextPattern? in
            let what = "an entry of \(field) of \(reader.what)"
            if case .map = node.content {
                guard let fields = FieldReader(node, what, allowing: ["pattern", "label"], in: self.problems) else { return nil }
                return self.pattern(fields, use, what)
            }
            guard let text = reader.text(node, what),
                let pattern = self.rules.compiler.pattern(text, use, place: node.place, what)
            else { return nil }
            return TextPattern(pattern, label: text)
        }
    }

    private func demand(_ kind: String, _ node: PolicyNode) -> RuleConstraints.Demand? {
        let what = "\(kind) of \(self.what)"
        switch kind {
        case "path": return self.path(node, what)
        case "sql": return self.sql(node, what)
        case "url": return self.url(node, what)
        case "text": return self.text(node, what)
        default: return self.number(node, what)
        }
    }

    private func path(_ node: PolicyNode, _ what: String) -> RuleConstraints.Demand? {
        let fields = ["allowed_prefixes", "denied_patterns", "max_depth", "normalize"]
        guard let reader = FieldReader(node, what, allowing: fields, in: self.problems) else { return nil }
        let prefixes = reader.strings("allowed_prefixes")?.compactMap { entry -> PathConstraint.Prefix? in
            do throws(TextFoldingError) {
                return try PathConstraint.Prefix(entry.text)
            } catch {
                self.problems.add(entry.place, "an entry of allowed_prefixes of \(what) is no canonical path: \(error.message)")
                return nil
            }
        }
        return .path(
            PathConstraint(
                allowedPrefixes: prefixes, deniedPatterns: self.patterns(reader, "denied_patterns", .exactSearch) ?? [],
                maximumDepth: reader.integer("max_depth", in: 0...4_096), normalizes: reader.bool("normalize") ?? true))
    }

    private func sql(_ node: PolicyNode, _ what: String) -> RuleConstraints.Demand? {
        let fields = [
            "dialect", "allowed_statements", "denied_keywords", "max_rows_hint", "allowed_functions", "denied_functions",
            "denied_tables",
        ]
        guard let reader = FieldReader(node, what, allowing: fields, in: self.problems) else { return nil }
        var dialects = SQLDialect.allCases
        if let word = reader.string("dialect") {
            guard let dialect = SQLDialect(rawValue: word) else {
                reader.fault("dialect", "must be one of \(SQLDialect.allCases.map(\.rawValue).joined(separator: ", "))")
                return nil
            }
            dialects = [dialect]
        }
        // A hint for people and tools; nothing is enforced by it.
        _ = reader.integer("max_rows_hint", in: 0...Int(Int32.max))
        func words(_ field: String) -> [[String]]? {
            reader.strings(field)?.compactMap { entry -> [String]? in
                let words = entry.text.split(whereSeparator: { $0 == " " || $0 == "\t" }).map { $0.uppercased() }
                let isPlain = words.allSatisfy { word in
                    word.utf8.allSatisfy {
                        $0 == UInt8(ascii: "_") || ToolName.isAllowed($0) && $0 != UInt8(ascii: ".") && $0 != UInt8(ascii: "-")
                    }
                }
                guard !words.isEmpty, isPlain else {
                    self.problems.add(entry.place, "an entry of \(field) of \(what) must be words of SQL")
                    return nil
                }
                return words
            }
        }
        let statements = words("allowed_statements")
        if let statements, statements.contains(where: { $0.count != 1 }) {
            reader.fault("allowed_statements", "must name verbs of one word each")
        }
        func names(_ field: String) -> NameSet? { reader.strings(field).map { NameSet($0.map(\.text)) } }
        return .sql(
            SQLConstraint(
                dialects: dialects, allowedStatements: statements?.flatMap(\.self),
                deniedKeywords: words("denied_keywords") ?? [],
                allowedFunctions: names("allowed_functions"), deniedFunctions: names("denied_functions") ?? NameSet([]),
                deniedTables: names("denied_tables") ?? NameSet([])))
    }

    private func url(_ node: PolicyNode, _ what: String) -> RuleConstraints.Demand? {
        let fields = ["allowed_domains", "denied_domains", "require_https", "block_private_ips"]
        guard let reader = FieldReader(node, what, allowing: fields, in: self.problems) else { return nil }
        func domains(_ field: String) -> [DomainPattern]? {
            reader.strings(field)?.compactMap { entry -> DomainPattern? in
                let domain = DomainPattern(entry.text)
                if domain == nil {
                    self.problems.add(entry.place, "an entry of \(field) of \(what) must be a domain, *.domain or name.*")
                }
                return domain
            }
        }
        return .url(
            URLConstraint(
                allowedDomains: domains("allowed_domains"), deniedDomains: domains("denied_domains") ?? [],
                requiresHTTPS: reader.bool("require_https") ?? false, blocksPrivate: reader.bool("block_private_ips") ?? false))
    }

    private func text(_ node: PolicyNode, _ what: String) -> RuleConstraints.Demand? {
        let fields = ["min_length", "max_length", "allowed_values", "allowed_patterns", "denied_patterns"]
        guard let reader = FieldReader(node, what, allowing: fields, in: self.problems) else { return nil }
        return .text(
            TextConstraint(
                minimumLength: reader.integer("min_length", in: 0...Int(Int32.max)),
                maximumLength: reader.integer("max_length", in: 0...Int(Int32.max)),
                allowedValues: reader.strings("allowed_values")?.map(\.text),
                allowedPatterns: self.patterns(reader, "allowed_patterns", .whole),
                deniedPatterns: self.patterns(reader, "denied_patterns", .search) ?? []))
    }

    private func number(_ node: PolicyNode, _ what: String) -> RuleConstraints.Demand? {
        guard let reader = FieldReader(node, what, allowing: ["minimum", "maximum", "integer"], in: self.problems) else {
            return nil
        }
        let minimum = reader.number("minimum").map { ExactDecimal($0.text) }
        let maximum = reader.number("maximum").map { ExactDecimal($0.text) }
        if let minimum, let maximum, minimum > maximum {
            reader.fault("minimum", "is above maximum, so that nothing fits")
        }
        return .number(
            NumberConstraint(
                minimum: minimum, maximum: maximum, isInteger: reader.bool("integer") ?? false))
    }
}
