#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
public import Persistence
import SearchText

/// Finds the passages of an owner's documents that speak of what is asked.
///
/// Both stores find the same passages in the same order. The work has a bound whatever is asked: each word is counted up to 256 passages,
/// and at most 160 passages are compared, those with as many of the rarest words as possible.
public struct PassageSearch: Sendable {
    /// Passages of one answer at most.
    public static let maximumResults = 20

    /// Words in more passages than this are common alike.
    private static let mostCounted = 256
    /// Words that passages are looked up by.
    private static let mostKeys = 8
    /// Passages that one look-up takes, the newest.
    private static let mostFound = 64
    /// With so many passages no looser look-up follows.
    private static let enough = 24
    /// What tells less of the question than this is no answer to it.
    private static let leastRelevance = 0.12

    let database: any Database

    /// Creates a search over a migrated database.
    public init(database: any Database) {
        self.database = database
    }

    /// What was found of a question.
    struct Finds: Sendable {
        /// The best first.
        let passages: [FoundPassage]
        let weights: QuestionWeights
    }

    /// The passages that fit best.
    ///
    /// - Parameters:
    ///   - question: What is asked.
    ///   - owner: Whose documents are looked through; ready ones only.
    ///   - limit: How many are wanted at most, 1 to ``maximumResults``.
    /// - Throws: ``RetrievalError`` with code `invalidQuestion`; `PersistenceError`; `CancellationError`.
    func passages(for question: Question, of owner: DocumentOwner, limit: Int) async throws -> Finds {
        guard (1...Self.maximumResults).contains(limit) else {
            throw RetrievalError(.invalidQuestion, message: "max_results must lie between 1 and \(Self.maximumResults)")
        }
        let none = Finds(passages: [], weights: QuestionWeights(counts: [], passages: 0))
        guard !question.words.isEmpty,
            let account = try await self.database.queryOne(
                "SELECT number, passages FROM document_owners WHERE owner = \(owner.key)")
        else { return none }
        let number: Int64 = try account.decode("number")
        let counts = try await self.counts(of: question.words, owner: number)
        let weights = QuestionWeights(
            counts: Array(zip(question.words, counts)), passages: try account.decode("passages"))
        let known = zip(question.words, counts).enumerated().filter { $0.element.1 > 0 }
        // Of two as rare as each other the one that was asked first comes first.
        let rarest = known.sorted { left, right in
            left.element.1 == right.element.1 ? left.offset < right.offset : left.element.1 < right.element.1
        }
        let keys = rarest.prefix(Self.mostKeys).map { Key(word: $0.element.0, count: $0.element.1) }
        guard !keys.isEmpty else { return Finds(passages: [], weights: weights) }
        let candidates = try await self.candidates(keys, owner: number)
        let ranked = PassageRanking(weights).best(of: candidates, limit: limit).filter { $0.relevance >= Self.leastRelevance }
        return Finds(passages: try await self.read(ranked), weights: weights)
    }

    private struct Key {
        let word: String
        let count: Int
    }

    /// In how many passages of an owner each word is, counted up to ``mostCounted``.
    private func counts(of words: [String], owner: Int64) async throws -> [Int] {
        let columns = words.enumerated().map { index, word -> SQL in
            let column = SQL(unchecked: "c\(index)")
            return "(SELECT count(*) FROM (\(self.numbers(.phrase([word]), owner))) AS n) AS \(column)"
        }
        guard let row = try await self.database.queryOne("SELECT \(columns.joined(separator: ", "))") else {
            return words.map { _ in 0 }
        }
        return try words.indices.map { try row.decode("c\($0)") }
    }

    private func numbers(_ expression: SearchExpression, _ owner: Int64) -> SQL {
        switch self.database.dialect {
        case .sqlite:
            "SELECT 1 FROM document_words WHERE document_words MATCH \(self.text(expression, owner)) LIMIT \(Self.mostCounted)"
        case .postgres:
            """
            SELECT 1 FROM document_passages p WHERE p.words @@ \(self.text(expression, owner))::tsquery
            LIMIT \(Self.mostCounted)
            """
        }
    }

    /// The expression for passages of an owner alone.
    private func text(_ expression: SearchExpression, _ owner: Int64) -> String {
        let whole = SearchExpression.all([.phrase([PassageWords.mark(ofOwner: owner)]), expression])
        return self.database.dialect == .sqlite ? whole.fts5 : whole.tsquery
    }

    /// Passages to compare: those with all words, then without the commonest, and so on down to two; those with one of the rarest and
    /// another; those with one of the rarest.
    private func candidates(_ keys: [Key], owner: Int64) async throws -> [PassageCandidate] {
        let words = keys.map { SearchExpression.phrase([$0.word]) }
        var steps: [SearchExpression] = []
        for count in stride(from: keys.count, through: 2, by: -1) { steps.append(.all(Array(words.prefix(count)))) }
        if keys.count > 2 {
            let pairs = words.prefix(3).enumerated().map { index, word in
                SearchExpression.all([word, .anyOf(words.enumerated().filter { $0.offset != index }.map(\.element))])
            }
            steps.append(.anyOf(pairs))
        }
        let rare = keys.indices.filter { keys[$0].count <= keys[0].count * 4 }.prefix(4)
        steps.append(.anyOf(rare.map { words[$0] }))
        var candidates: [PassageCandidate] = []
        var seen: Set<Int64> = []
        for step in steps {
            for candidate in try await self.matches(step, owner: owner) where seen.insert(candidate.number).inserted {
                candidates.append(candidate)
            }
            if candidates.count >= Self.enough { break }
        }
        return candidates
    }

    /// The newest passages that match; the words lead, and documents that are not ready are left out.
    func matches(_ expression: SearchExpression, owner: Int64) async throws -> [PassageCandidate] {
        let text = self.text(expression, owner)
        let condition: SQL = "p.owner_number = \(owner) AND d.status = 'ready'"
        let rows =
            switch self.database.dialect {
            case .sqlite:
                try await self.database.query(
                    """
                    SELECT p.number, p.lexemes FROM document_words
                        CROSS JOIN document_passages p ON p.number = document_words.rowid
                        CROSS JOIN documents d ON d.id = p.document_id
                    WHERE document_words MATCH \(text) AND \(condition)
                    ORDER BY document_words.rowid DESC LIMIT \(Self.mostFound)
                    """)
            case .postgres:
                // Ordered by an expression, so that words lead by their index.
                try await self.database.query(
                    """
                    SELECT p.number, p.lexemes FROM document_passages p JOIN documents d ON d.id = p.document_id
                    WHERE p.words @@ \(text)::tsquery AND \(condition)
                    ORDER BY p.number + 0 DESC LIMIT \(Self.mostFound)
                    """)
            }
        return try rows.map { PassageCandidate(number: try $0.decode("number"), lexemes: try $0.decode("lexemes")) }
    }

    /// Reads passages in their order; one that was deleted meanwhile is left out.
    private func read(_ ranked: [RankedPassage]) async throws -> [FoundPassage] {
        if ranked.isEmpty { return [] }
        let rows = try await self.database.query(
            """
            SELECT p.number, p.document_id, p.page, p.chunk_position, p.text, d.filename
            FROM document_passages p JOIN documents d ON d.id = p.document_id
            WHERE p.number IN \(list: ranked.map(\.number)) AND d.status = 'ready'
            """)
        var found: [Int64: Row] = [:]
        for row in rows { found[try row.decode("number")] = row }
        return try ranked.compactMap { passage in
            try found[passage.number].map { try FoundPassage($0, relevance: passage.relevance, words: passage.words) }
        }
    }
}
