import SearchText

/// A piece of a trace that shows why it was found.
public struct Snippet: Sendable, Hashable {
    /// A text of a trace.
    public enum Field: String, Sendable, CaseIterable {
        /// What solved it.
        case solution = "solution_text"
        /// The situation in which the problem arose.
        case context = "context_text"
        /// What it is about.
        case title
    }

    /// How long a snippet may be, in Unicode scalars.
    public static let longest = 240

    /// The text that it was cut from: the one with the most different words of the query; the solution, the context, the title, in
    /// this order, if several have as many. Without any such word it is the beginning of the context.
    public let field: Field
    /// The piece, cut between words, at most 240 Unicode scalars.
    public let text: String
    /// Where words of the query stand in ``text``, in Unicode scalars, rising and apart from each other.
    public let highlights: [Range<Int>]

    /// What of a text is looked at, in Unicode scalars.
    private static let mostScalars = 16_384
    /// How much of what is before the first word is shown.
    private static let lead = 60

    init(of trace: Trace, showing lexemes: Set<String>) {
        var best = Self.Piece(field: .context, text: trace.contextText, lexemes: [])
        if !lexemes.isEmpty {
            for field in Field.allCases {
                let piece = Self.Piece(field: field, text: trace[field], lexemes: lexemes)
                if piece.distinct > best.distinct { best = piece }
            }
        }
        self = best.snippet
    }

    private init(field: Field, text: String, highlights: [Range<Int>]) {
        self.field = field
        self.text = text
        self.highlights = highlights
    }

    /// The best window of one text.
    private struct Piece {
        let field: Field
        let distinct: Int
        private let scalars: [Unicode.Scalar]
        /// Those of the window.
        private let hits: [SearchToken]

        init(field: Field, text: String, lexemes: Set<String>) {
            self.field = field
            self.scalars = Array(text.unicodeScalars.prefix(Snippet.mostScalars))
            var hits: [SearchToken] = []
            if !lexemes.isEmpty {
                for word in Tokenizer.words(of: text, scalars: Snippet.mostScalars) {
                    hits += word.tokens.filter { lexemes.contains($0.lexeme) && $0.range.count <= Snippet.longest }
                }
            }
            let window = Self.bestWindow(hits)
            self.hits = Array(hits[window])
            self.distinct = Set(self.hits.map(\.lexeme)).count
        }

        /// The hits that fit into one snippet and have the most different lexemes, then the most of all, then come first.
        private static func bestWindow(_ hits: [SearchToken]) -> Range<Int> {
            var best = (distinct: 0, window: 0..<0)
            var counts: [String: Int] = [:]
            var end = 0
            for first in hits.indices {
                while end < hits.count, hits[end].range.upperBound - hits[first].range.lowerBound <= Snippet.longest {
                    counts[hits[end].lexeme, default: 0] += 1
                    end += 1
                }
                if counts.count > best.distinct
                    || counts.count == best.distinct && end - first > best.window.count
                {
                    best = (counts.count, first..<end)
                }
                let lexeme = hits[first].lexeme
                if let count = counts[lexeme] { counts[lexeme] = count > 1 ? count - 1 : nil }
            }
            return best.window
        }

        var snippet: Snippet {
            let bounds = self.bounds()
            var highlights: [Range<Int>] = []
            for hit in self.hits.map(\.range).sorted(by: { $0.lowerBound < $1.lowerBound }) {
                let range = (hit.lowerBound - bounds.lowerBound)..<(hit.upperBound - bounds.lowerBound)
                // A word and its parts overlap.
                if let last = highlights.last, range.lowerBound < last.upperBound {
                    highlights[highlights.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
                } else {
                    highlights.append(range)
                }
            }
            var text = String.UnicodeScalarView()
            text.append(contentsOf: self.scalars[bounds])
            return Snippet(field: self.field, text: String(text), highlights: highlights)
        }

        /// Where to cut: never through a word of the query, and between words wherever there are blanks.
        private func bounds() -> Range<Int> {
            let inner = (self.hits.map(\.range.lowerBound).min() ?? 0)..<(self.hits.map(\.range.upperBound).max() ?? 0)
            let room = Snippet.longest - inner.count
            var start = max(0, inner.lowerBound - min(Snippet.lead, room))
            if start > 0 {
                let blank = self.scalars[(start - 1)..<inner.lowerBound].firstIndex { $0.properties.isWhitespace }
                start = blank.map { $0 + 1 } ?? inner.lowerBound
            }
            var end = min(self.scalars.count, start + Snippet.longest)
            if end < self.scalars.count, !self.scalars[end].properties.isWhitespace {
                let blank = self.scalars[inner.upperBound..<end].lastIndex { $0.properties.isWhitespace }
                if let blank {
                    end = blank
                } else if !self.hits.isEmpty {
                    end = inner.upperBound
                }
            }
            while start < inner.lowerBound, self.scalars[start].properties.isWhitespace { start += 1 }
            if self.hits.isEmpty {
                while start < end, self.scalars[start].properties.isWhitespace { start += 1 }
            }
            while end > max(start, inner.upperBound), self.scalars[end - 1].properties.isWhitespace { end -= 1 }
            return start..<end
        }
    }
}

extension Trace {
    fileprivate subscript(field: Snippet.Field) -> String {
        switch field {
        case .solution: self.solutionText
        case .context: self.contextText
        case .title: self.title
        }
    }
}
