import SecretScanning

/// Tells whether an identifier that a client made up may be logged and told back: not if it holds a credential.
///
/// Whatever the rules find with at least medium confidence makes it unfit, also in base64: access keys, tokens with a telling
/// prefix, JSON Web Tokens. UUIDs, trace ids and names pass. Made once, at start, and shared; give it to the HTTP service:
///
/// ```swift
/// configuration.acceptsRequestID = IdentifierScreen().isFit
/// ```
public struct IdentifierScreen: Sendable {
    /// The longest identifier that is looked at; a longer one is unfit.
    public static let maximumBytes = 1_024

    private let scanner: Scanner

    /// Builds the screen, which takes half a millisecond.
    public init() {
        let rules = RuleSet.builtIn.rules.filter { $0.group == .compatible || $0.group == .further }
        self.scanner = Scanner(rules: RuleSet(rules: rules))
    }

    /// Whether an identifier may be logged. Takes some nanoseconds for a UUID or a hexadecimal number, about a microsecond for another.
    ///
    /// - Parameter identifier: At most ``maximumBytes`` bytes; of any form.
    @Sendable public func isFit(_ identifier: String) -> Bool {
        guard identifier.utf8.count <= Self.maximumBytes else { return false }
        // Hexadecimal digits alone are a credential nowhere; most ids are such.
        if identifier.utf8.allSatisfy(Self.isDigitOrDash) { return true }
        return self.scanner.verdict(on: self.scanner.scan(identifier)) == .accept
    }

    private static func isDigitOrDash(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"), UInt8(ascii: "A")...UInt8(ascii: "F"),
            UInt8(ascii: "-"):
            true
        default: false
        }
    }
}
