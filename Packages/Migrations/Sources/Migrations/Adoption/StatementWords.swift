/// The words of a statement outside of parentheses, strings and comments, read from the front.
struct StatementWords {
    private enum Word: Equatable {
        /// As written; names without quotes are the same in any case.
        case plain(String)
        case quoted(String)
        case sign(Unicode.Scalar)
    }

    private var words: ArraySlice<Word>

    init(_ text: String) {
        self.words = Self.split(text)[...]
    }

    /// Whether the next word is this keyword.
    func isNext(_ keyword: String) -> Bool {
        if case .plain(let word)? = self.words.first { word.uppercased() == keyword } else { false }
    }

    /// Takes the next word if it is this keyword.
    mutating func take(_ keyword: String) -> Bool {
        guard self.isNext(keyword) else { return false }
        self.words.removeFirst()
        return true
    }

    /// Takes everything up to and including a keyword; `false` if it does not come.
    mutating func skip(to keyword: String) -> Bool {
        while !self.words.isEmpty {
            if self.take(keyword) { return true }
            self.words.removeFirst()
        }
        return false
    }

    /// Takes a name and gives it as the catalogue has it, without the name of a schema before it.
    mutating func takeName() -> String? {
        var name: String?
        while true {
            switch self.words.first {
            case .plain(let word): name = word.lowercased()
            case .quoted(let word): name = word
            case .sign, nil: return name
            }
            self.words.removeFirst()
            guard self.words.first == .sign(".") else { return name }
            self.words.removeFirst()
        }
    }

    private static func split(_ text: String) -> [Word] {
        var words: [Word] = []
        var depth = 0
        var rest = text.unicodeScalars[...]
        func isPart(_ scalar: Unicode.Scalar) -> Bool {
            scalar == "_" || scalar == "$" || scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
        }
        while let scalar = rest.first {
            if rest.starts(with: "--".unicodeScalars) {
                rest = rest.drop { $0 != "\n" }
                continue
            }
            if isPart(scalar) {
                let word = rest.prefix(while: isPart)
                rest = rest.dropFirst(word.count)
                if depth == 0 { words.append(.plain(String(word))) }
                continue
            }
            rest.removeFirst()
            switch scalar {
            case "(": depth += 1
            case ")": depth -= 1
            case "'", "\"":
                // A doubled quote ends one piece and begins the next, which together make the name.
                var content = rest.prefix { $0 != scalar }
                rest = rest.dropFirst(content.count + 1)
                while rest.first == scalar {
                    let piece = rest.dropFirst().prefix { $0 != scalar }
                    content = String.UnicodeScalarView(content + [scalar] + piece)[...]
                    rest = rest.dropFirst(piece.count + 2)
                }
                if depth == 0, scalar == "\"" { words.append(.quoted(String(content))) }
            default:
                if depth == 0, !scalar.properties.isWhitespace { words.append(.sign(scalar)) }
            }
        }
        return words
    }
}
