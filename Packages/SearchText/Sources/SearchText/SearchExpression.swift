/// What a text must hold, in the languages of both stores.
public indirect enum SearchExpression: Sendable, Hashable {
    /// Lexemes one after the other in one field; never empty.
    case phrase([String])
    /// Every part of these, of which there is one at least.
    case all([SearchExpression])
    /// At least one of these, of which there is one at least.
    case any([SearchExpression])

    /// As FTS5 wants it: `("asyncio run" AND "timeout")`.
    public var fts5: String {
        switch self {
        case .phrase(let lexemes): "\"\(lexemes.joined(separator: " "))\""
        case .all(let parts): "(\(parts.map(\.fts5).joined(separator: " AND ")))"
        case .any(let parts): "(\(parts.map(\.fts5).joined(separator: " OR ")))"
        }
    }

    /// As a `tsquery` is written: `(('asyncio' <-> 'run') & 'timeout')`.
    public var tsquery: String {
        switch self {
        case .phrase(let lexemes) where lexemes.count == 1: "'\(lexemes[0])'"
        case .phrase(let lexemes): "(\(lexemes.map { "'\($0)'" }.joined(separator: " <-> ")))"
        case .all(let parts): "(\(parts.map(\.tsquery).joined(separator: " & ")))"
        case .any(let parts): "(\(parts.map(\.tsquery).joined(separator: " | ")))"
        }
    }

    /// A part by itself, or all of several.
    public static func allOf(_ parts: [SearchExpression]) -> SearchExpression {
        parts.count == 1 ? parts[0] : .all(parts)
    }

    /// A part by itself, or any of several.
    public static func anyOf(_ parts: [SearchExpression]) -> SearchExpression {
        parts.count == 1 ? parts[0] : .any(parts)
    }
}
