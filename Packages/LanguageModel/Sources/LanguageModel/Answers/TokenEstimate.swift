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
}
