import SearchText

/// The words of a trace as both stores index them: the same lexemes at the same places.
struct SearchDocument: Sendable {
    /// Places in all fields together, gaps included; PostgreSQL counts to 16 383.
    static let mostPlaces = 16_000
    /// How often one lexeme counts; PostgreSQL keeps no more places of one.
    static let mostOccurrences = 255
    /// Bytes of all lexemes together; a `tsvector` takes a megabyte.
    static let mostBytes = 600_000
    private static let mostTitlePlaces = 1_000
    private static let mostTagPlaces = 1_000

    /// Title, tags, context and solution; `nil` is a place that nothing is found at, so that no phrase spans two tags.
    let fields: [[String?]]
    /// The words that a typo may have stood for, each once, sorted.
    let terms: [String]

    /// Cuts the texts of a trace into words.
    init(title: String, tags: [String], context: String, solution: String) {
        let titlePlaces = Self.places(of: title).prefix(Self.mostTitlePlaces)
        let tagPlaces = Array(tags.map(Self.places(of:)).joined(separator: [nil])).prefix(Self.mostTagPlaces)
        let rest = Self.mostPlaces - titlePlaces.count - tagPlaces.count - 4
        let contextPlaces = Self.places(of: context)
        let solutionPlaces = Self.places(of: solution)
        // Neither text may leave less than half of the room to the other.
        let contextShare = min(contextPlaces.count, max(rest - solutionPlaces.count, rest / 2))
        var counts: [String: Int] = [:]
        var bytes = 0
        self.fields = [
            Array(titlePlaces), Array(tagPlaces), Array(contextPlaces.prefix(contextShare)),
            Array(solutionPlaces.prefix(rest - contextShare)),
        ].map { field in
            field.map { lexeme in
                guard let lexeme else { return nil }
                let size = lexeme.utf8.count
                let count = counts[lexeme, default: 0]
                if count >= Self.mostOccurrences || bytes + size > Self.mostBytes { return nil }
                counts[lexeme] = count + 1
                bytes += size
                return lexeme
            }
        }
        self.terms = counts.keys.filter(SearchTerm.isCorrectable).sorted()
    }

    private static func places(of text: String) -> [String?] {
        var places: [String?] = []
        for word in Tokenizer.words(of: text) {
            places.append(word.whole.lexeme)
            for part in word.parts { places.append(part.lexeme) }
        }
        return places
    }

    /// The fields as texts for FTS5, whose tokenizer parts them at the blanks; `_` holds a place.
    var columns: [String] {
        self.fields.map { field in field.map { $0 ?? "_" }.joined(separator: " ") }
    }

    /// The fields as a `tsvector` is written: `'asyncio':1A,7C 'run':2A`.
    var vector: String {
        var places: [String: String] = [:]
        var place = 0
        for (field, weight) in zip(self.fields, ["A", "B", "C", "D"]) {
            // One place stays empty between fields, so that no phrase spans two.
            place += 1
            for lexeme in field {
                place += 1
                guard let lexeme else { continue }
                if places[lexeme]?.append(",\(place)\(weight)") == nil { places[lexeme] = "\(place)\(weight)" }
            }
        }
        return places.map { "'\($0.key)':\($0.value)" }.joined(separator: " ")
    }
}
