/// A text of SQL, read as one server would read it, and refused where two servers could read it differently.
///
/// The whole text becomes tokens in one pass, without recursion, in time and memory linear in its length. What a statement
/// *means* is not asked; ``SQLStatement`` says which verbs and functions can take effect in it, rather one too many than
/// one too few.
///
/// ```swift
/// let script = try SQLScript("WITH gone AS (DELETE FROM t RETURNING *) SELECT * FROM gone", dialect: .postgresql)
/// script.statements.count                 // 1
/// script.statements[0].statementKinds     // ["DELETE", "SELECT"]
/// ```
public struct SQLScript: Sendable {
    /// The longest text that is read: one mebibyte.
    public static let maximumBytes = 1 << 20
    /// How deep parentheses, and the comments of PostgreSQL, may stand inside each other.
    public static let maximumDepth = 256

    /// The statements in order, without empty ones; a text of blanks and comments has none.
    public let statements: [SQLStatement]

    /// Reads a text.
    ///
    /// - Throws: ``SQLError`` with one of its codes but `invalidUTF8`, at the first place that leaves a doubt.
    public init(_ text: String, dialect: SQLDialect) throws(SQLError) {
        try self.init(checked: Array(text.utf8), dialect: dialect)
    }

    /// Reads the bytes of a text.
    ///
    /// - Throws: ``SQLError`` with one of its codes, at the first place that leaves a doubt.
    public init(utf8 bytes: some Collection<UInt8>, dialect: SQLDialect) throws(SQLError) {
        guard bytes.count <= Self.maximumBytes else { throw Self.tooLong }
        let bytes = Array(bytes)
        guard String(validating: bytes, as: UTF8.self) != nil else {
            throw SQLError(.invalidUTF8, at: 0, message: "the text is not UTF-8")
        }
        try self.init(checked: bytes, dialect: dialect)
    }

    private init(checked bytes: [UInt8], dialect: SQLDialect) throws(SQLError) {
        guard bytes.count <= Self.maximumBytes else { throw Self.tooLong }
        var tokenizer = SQLTokenizer(bytes, dialect: dialect)
        try tokenizer.checkCharacters()
        var statements: [SQLStatement] = []
        var tokens: [SQLToken] = []
        while true {
            let token = try tokenizer.next()
            if let token, token.kind != .semicolon {
                tokens.append(token)
                continue
            }
            if !tokens.isEmpty {
                var reader = StatementReader(tokens, of: bytes, dialect: dialect)
                statements.append(try reader.read())
                tokens.removeAll(keepingCapacity: true)
            }
            if token == nil { break }
        }
        self.statements = statements
    }

    private static var tooLong: SQLError {
        SQLError(.tooLong, at: Self.maximumBytes, message: "the text has more than \(Self.maximumBytes) bytes")
    }
}
