/// A piece of SQL text; blanks and comments are none.
struct SQLToken {
    enum Kind: Equatable {
        /// A keyword or a bare name.
        case word
        /// A name in quotes.
        case quotedName
        /// A string in single quotes or dollars.
        case string
        /// A string of MySQL in double quotes, which is a name under `ANSI_QUOTES`.
        case stringOrName
        case number
        /// `$1`, or SQLite's `?1`, `:a`, `@a` and `$a`.
        case parameter
        case open
        case close
        case dot
        case comma
        /// `::`
        case cast
        /// `:=`
        case assignment
        case semicolon
        /// Any other character.
        case symbol
    }

    var kind: Kind
    /// Where the text of the token stands, quotes included.
    var range: Range<Int>
}
