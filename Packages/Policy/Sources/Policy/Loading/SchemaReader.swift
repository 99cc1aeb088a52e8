import Patterns
import StrictJSON

/// Reads the schema of a tool.
///
/// ```yaml
/// fs.read:
///   required: [path]
///   properties:
///     path: {type: string, maxLength: 512}
///     token: {type: string, sensitive: true}     # kept as a keyed digest only
///   additional_properties: false                 # default true
/// ```
struct SchemaReader {
    private let problems: ProblemList
    private let compiler: PatternCompiler

    init(_ problems: ProblemList, _ compiler: PatternCompiler) {
        self.problems = problems
        self.compiler = compiler
    }

    func schema(_ member: PolicyNode.Member) -> ToolSchema? {
        let what = "the schema of \"\(member.key)\""
        guard ToolName.isValid(member.key) else {
            self.problems.add(member.place, "\"\(member.key)\" is no name of a tool: 1 to 128 of A-Z a-z 0-9 _ . -")
            return nil
        }
        guard
            let reader = FieldReader(
                member.value, what, allowing: ["required", "properties", "additional_properties", "description"],
                in: self.problems)
        else { return nil }
        let required = reader.strings("required") ?? []
        _ = reader.string("description")
        let members = reader.map("properties")
        let properties = members.compactMap { self.property($0, what) }
        let allowsAdditional = reader.bool("additional_properties") ?? true
        if !allowsAdditional {
            let names = Set(members.map { TextKey($0.key) })
            for (name, place) in required where !names.contains(TextKey(name)) {
                self.problems.add(place, "\(what) requires \"\(name)\", which is no property, and allows no other")
            }
        }
        return ToolSchema(
            tool: member.key, required: required.map(\.text), properties: properties, allowsAdditional: allowsAdditional)
    }

    private static let fields = [
        "type", "pattern", "maxLength", "minLength", "minimum", "maximum", "enum", "sensitive", "description",
    ]

    private func property(_ member: PolicyNode.Member, _ outer: String) -> ToolSchema.Property? {
        let what = "the property \"\(member.key)\" in \(outer)"
        guard let reader = FieldReader(member.value, what, allowing: Self.fields, in: self.problems),
            reader.isPlain(member.key, at: member.place, "the name of \(what)")
        else { return nil }
        var kind: ToolSchema.Kind?
        if let type = reader.string("type") {
            kind = ToolSchema.Kind(rawValue: type)
            if kind == nil {
                reader.fault("type", "must be one of \(ToolSchema.Kind.allCases.map(\.rawValue).joined(separator: ", "))")
            }
        }
        var pattern: Pattern?
        if let text = reader.string("pattern"), let place = reader.node("pattern")?.place {
            pattern = self.compiler.pattern(text, .whole, place: place, what)
        }
        _ = reader.string("description")
        let longest = reader.integer("maxLength", in: 0...Int(Int32.max))
        let shortest = reader.integer("minLength", in: 0...Int(Int32.max))
        if let longest, let shortest, shortest > longest {
            reader.fault("minLength", "is more than maxLength, so that nothing fits")
        }
        for field in ["pattern", "maxLength", "minLength"] where reader.has(field) && kind != nil && kind != .string {
            reader.fault(field, "says something about strings, but the type is another")
        }
        for field in ["minimum", "maximum"] where reader.has(field) && kind != nil && kind != .number && kind != .integer {
            reader.fault(field, "says something about numbers, but the type is another")
        }
        let minimum = reader.number("minimum")
        let maximum = reader.number("maximum")
        if let minimum, let maximum, ExactDecimal(minimum.text) > ExactDecimal(maximum.text) {
            reader.fault("minimum", "is above maximum, so that nothing fits")
        }
        let values = reader.list("enum")?.compactMap { self.value($0, what) }
        return ToolSchema.Property(
            name: member.key, kind: kind, pattern: pattern, maximumLength: longest, minimumLength: shortest,
            minimum: minimum, maximum: maximum, values: values,
            isSensitive: reader.bool("sensitive") ?? false)
    }

    private func value(_ node: PolicyNode, _ what: String) -> JSONValue? {
        switch node.meaning {
        case .text(let text): return .string(text)
        case .bool(let flag): return .bool(flag)
        case .null: return .null
        case .number(let text):
            if let number = JSONNumber(text: text) { return .number(number) }
            self.problems.add(node.place, "an entry of enum of \(what) is no number of JSON; write it in quotes if text is meant")
        case .doubtful: self.problems.add(node.place, "an entry of enum of \(what) must be in quotes, or true or false")
        case nil: self.problems.add(node.place, "an entry of enum of \(what) must be a text, a number or a boolean")
        }
        return nil
    }
}
