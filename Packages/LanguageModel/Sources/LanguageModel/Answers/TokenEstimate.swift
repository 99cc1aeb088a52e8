/// Guesses numbers of tokens without the tables of a model, rather too many than too few.
///
/// Letters and blanks of ASCII count a quarter, its other characters a half, characters of the basic plane one, all others three;
/// a message costs four more. English prose has about four characters to a token, digits and signs two, Chinese and Japanese one.
public enum TokenEstimate {
    /// About how many tokens a text has; 0 for an empty one. Takes time in proportion to the text.
    public static func tokens(in text: String) -> Int {
        var quarters = 0
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x20, 0x41...0x5A, 0x61...0x7A: quarters += 1
            case ..<0x80: quarters += 2
            case ..<0x10000: quarters += 4
            default: quarters += 12
            }
        }
        return (quarters + 3) / 4
    }

    /// About how many tokens messages have together.
    public static func tokens(in messages: [ModelMessage]) -> Int {
        messages.reduce(0) { $0 + self.tokens(in: $1.text) + 4 }
    }

    /// What templates of models put around each message and around all of them; no common one needs more.
    private static let tokensAroundMessage = 16
    private static let tokensAroundQuestion = 32

    /// A number of tokens that a question and its answer cannot exceed, for budgets.
    ///
    /// A token stands for at least one byte of text, so the bytes of the messages bound their tokens, and what stands around them is
    /// added. It is about four times what English prose needs, which a settlement gives back.
    ///
    /// - Parameters:
    ///   - messages: The question.
    ///   - maximumTokens: Most tokens of its answer, which the model is held to.
    public static func bound(of messages: [ModelMessage], maximumTokens: Int) -> Int {
        let prompt = messages.reduce(Self.tokensAroundQuestion) { sum, message in
            sum.addingClamped(message.text.utf8.count).addingClamped(Self.tokensAroundMessage)
        }
        return prompt.addingClamped(max(maximumTokens, 0))
    }
}

extension Int {
    /// The sum, or the greatest number where it is greater.
    fileprivate func addingClamped(_ other: Int) -> Int {
        let (sum, isTooLarge) = self.addingReportingOverflow(other)
        return isTooLarge ? .max : sum
    }
}
