/// How far an answer can be relied on.
public struct Confidence: Sendable, Hashable {
    /// A step of confidence.
    public enum Level: String, Sendable, Hashable, CaseIterable {
        /// 0.75 and more.
        case high
        /// 0.45 and more.
        case medium
        /// Less.
        case low
    }

    /// 0 to 1, to three decimal places.
    public let score: Double
    /// The score as a step.
    public let level: Level
    /// What it means, for people.
    public let interpretation: String

    private init(score: Double, interpretation: String) {
        self.score = (min(max(score, 0), 1) * 1_000).rounded() / 1_000
        self.level = Self.level(of: self.score)
        self.interpretation = interpretation
    }

    private static func level(of score: Double) -> Level { score >= 0.75 ? .high : score >= 0.45 ? .medium : .low }

    /// Nothing was found, which is as good as certain (CONTRACTS §1.3).
    static let unknown = Confidence(score: 0.95, interpretation: "High confidence that the documents do not hold the answer")

    /// Passages were found.
    ///
    /// - Parameter coverage: What part of the question they speak of together, 0 to 1.
    init(coverage: Double) {
        // That all words are there does not make the answer certain.
        let score = min(coverage, 1) * 0.95
        let interpretation =
            switch Self.level(of: score) {
            case .high: "The passages speak of nearly everything that was asked"
            case .medium: "The passages speak of a good part of what was asked; check the citations"
            case .low: "The passages speak of little that was asked; the answer may not be in the documents"
            }
        self.init(score: score, interpretation: interpretation)
    }
}
