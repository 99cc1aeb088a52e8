/// What one statement of an ``SQLScript`` can do, as far as its tokens tell.
public struct SQLStatement: Sendable, Hashable {
    /// The bare words in order, in upper case: all outside strings, comments and quotes, so names of tables as well.
    public let keywords: [String]

    /// The first of ``keywords``, behind opening parentheses, such as `SELECT` or `WITH`.
    public let leadingKeyword: String

    /// Every verb that can take effect in the statement; never empty.
    ///
    /// - The leading keyword, whatever it is, save `WITH`, which only introduces other verbs.
    /// - `SELECT`, `INSERT`, `UPDATE`, `DELETE`, `MERGE` and `REPLACE` wherever they stand as words, also in common table
    ///   expressions, `PREPARE … AS`, `COPY (…)`, `ON CONFLICT DO UPDATE` and `ON DELETE CASCADE`. Only a column behind a
    ///   dot and the *functions* `INSERT`, `MERGE` and `REPLACE` do not count.
    /// - What stands behind `EXPLAIN`, with or without `ANALYZE`.
    /// - `INTO` where it does not belong to `INSERT`, `REPLACE` or `MERGE`: `SELECT … INTO t` and `INTO OUTFILE` write.
    /// - `LOCK` for `FOR UPDATE`, `FOR SHARE`, their relatives and `LOCK IN SHARE MODE`.
    /// - `SET` for MySQL's assignment `:=`.
    /// - `TABLE` for `TABLE t` in a union or an `INSERT`; `VALUES` only where it begins the statement.
    public let statementKinds: Set<String>

    /// The names that are called as functions, in order, one entry for each call.
    ///
    /// A name is what it means to the server: bare ones in lower case, `schema.name` where they are qualified; quoted ones
    /// likewise, but as they are in PostgreSQL; a part that itself contains a dot or a quote keeps its quotes, as in
    /// `"a.b"`. Values that SQL asks for without parentheses count, such as `current_user`; so do MySQL's system variables, as
    /// `@@secure_file_priv`, and SQLite's functions that are read like tables, such as `pragma_database_list`. Where a name in front of a
    /// parenthesis may be something else (a column list, a type), it counts too, unless it stands behind `AS`, `::`,
    /// `INSERT INTO` or `WITH`.
    public let functions: [String]

    /// The contents of quoted names, in order; in MySQL also those of strings in double quotes, which may be names.
    public let quotedNames: [String]

    /// Whether the words stand in a row among ``keywords``, as `["INTO", "OUTFILE"]` does; upper or lower case, never for
    /// an empty phrase.
    public func contains(phrase: [String]) -> Bool {
        guard !phrase.isEmpty, phrase.count <= self.keywords.count else { return false }
        let phrase = phrase.map { SQLWords.uppercased($0.utf8) }
        return (0...(self.keywords.count - phrase.count)).contains { start in
            self.keywords[start..<(start + phrase.count)].elementsEqual(phrase) { $0.utf8.elementsEqual($1.utf8) }
        }
    }
}
