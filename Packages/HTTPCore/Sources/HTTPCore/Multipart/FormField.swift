import StrictJSON

/// A field of a `multipart/form-data` body.
public struct FormField: Sendable {
    enum Kind: Sendable {
        case text(Schema, maximumBytes: Int)
        case file
    }

    let name: String
    let kind: Kind
    let isRequired: Bool
    let summary: String

    /// A file.
    ///
    /// - Parameters:
    ///   - name: The name of the field.
    ///   - isRequired: Whether a body without it is refused.
    ///   - summary: What it is, for the API description.
    public static func file(_ name: String, isRequired: Bool = true, summary: String = "") -> FormField {
        FormField(name: name, kind: .file, isRequired: isRequired, summary: summary)
    }

    /// A short text; a number or a truth value as text, where the schema says so.
    ///
    /// - Parameters:
    ///   - name: The name of the field.
    ///   - schema: Its shape.
    ///   - maximumBytes: Most bytes of it, in UTF-8; they are held in memory.
    ///   - isRequired: Whether a body without it is refused.
    public static func text(
        _ name: String, _ schema: Schema, maximumBytes: Int = 8_192, isRequired: Bool = false
    ) -> FormField {
        FormField(name: name, kind: .text(schema, maximumBytes: maximumBytes), isRequired: isRequired, summary: "")
    }

    var jsonSchema: JSONValue {
        switch self.kind {
        case .text(let schema, _):
            return schema.jsonSchema
        case .file:
            var members: [(String, JSONValue)] = [("type", "string"), ("format", "binary")]
            if !self.summary.isEmpty { members.append(("description", .string(self.summary))) }
            return .object(JSONObject(members))
        }
    }
}

extension Sequence where Element == FormField {
    /// All fields as one object.
    var jsonSchema: JSONValue {
        var members: [(String, JSONValue)] = [
            ("type", "object"), ("properties", .object(JSONObject(self.map { ($0.name, $0.jsonSchema) }))),
        ]
        let required = self.filter(\.isRequired).map { JSONValue.string($0.name) }
        if !required.isEmpty { members.append(("required", .array(required))) }
        return .object(JSONObject(members))
    }
}
