import Policy
import StrictJSON
import ToolGateway

extension RiskAdvice {
    /// The longest explanation that is kept, in bytes.
    static let explanationByteLimit = 1_000

    /// Reads what a model said: `{"risk_labels":["HIGH_DESTRUCTIVE"],"risk_score":0.4,"explanation":"…"}`.
    ///
    /// Scores outside of 0 to 1 are moved to the nearer end, unknown labels are dropped, explanations are cut and lose their control
    /// characters. Nil for anything else: an opinion that cannot be read is none.
    init?(answer: String) {
        guard let value = try? JSONValue(parsing: answer.utf8), let score = value["risk_score"]?.doubleValue,
            let words = value["risk_labels"]?.arrayValue, let explanation = value["explanation"]?.stringValue
        else { return nil }
        var labels: [RiskAssessment.Label] = []
        for word in words {
            guard let label = word.stringValue.flatMap(RiskAssessment.Label.init), !labels.contains(label) else { continue }
            labels.append(label)
        }
        self.init(labels: labels, score: min(max(score, 0), 1), explanation: Self.plain(explanation))
    }

    /// A text that can stand in a line of a log or on a page: control and format characters, among them those that turn the direction of
    /// writing, become blanks.
    private static func plain(_ text: String) -> String {
        var plain = String.UnicodeScalarView()
        var bytes = 0
        for scalar in text.unicodeScalars {
            let shown: Unicode.Scalar =
                switch scalar.properties.generalCategory {
                case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned: " "
                default: scalar
                }
            bytes += UTF8.width(shown)
            guard bytes <= Self.explanationByteLimit else { break }
            plain.append(shown)
        }
        return String(plain)
    }
}
