import Patterns

/// A pattern that the operator wrote, with limits: it is tried only near a literal that each of its matches contains.
///
/// Patterns are read as ASCII on bytes, in the dialect of the `Patterns` package.
public struct OwnPattern: Sendable {
    /// A name in kebab case, for example `acme-ticket`.
    public let id: String
    /// The name that is told to clients, for example `Acme Ticket`.
    public let type: String
    /// How grave a find is.
    public let severity: Severity
    /// How likely a find is true.
    public let confidence: Confidence
    /// How many bytes before and behind the literal are looked at; longer matches are cut or not found.
    public let window: Int

    let pattern: Pattern
    let literals: [[UInt8]]

    /// The widest window that may be asked for.
    public static let maximumWindow = 1_024

    /// Compiles and checks a pattern.
    ///
    /// - Parameters:
    ///   - id: A name that no other rule has.
    ///   - type: The name that is told to clients.
    ///   - text: The pattern; if it has groups, the first is the secret.
    ///   - severity: How grave a find is; default high.
    ///   - confidence: How likely a find is true; default high.
    ///   - window: How many bytes before and behind the literal are looked at, 1 to ``maximumWindow``, default 256.
    /// - Throws: ``SecretScanningError`` with code `invalidPattern`, and the reason in its message: it does not compile, has more than
    ///   1 000 characters, has nested unbounded repeats, or has no literal that every match contains.
    public init(
        id: String, type: String, pattern text: String, severity: Severity = .high, confidence: Confidence = .high,
        window: Int = 256
    ) throws(SecretScanningError) {
        do {
            self.pattern = try Pattern(text, options: PatternOptions(encoding: .bytes))
        } catch {
            throw SecretScanningError(.invalidPattern, message: "\(id): \(error)", cause: error)
        }
        let literals = self.pattern.requiredLiterals ?? []
        guard !literals.isEmpty, literals.allSatisfy({ $0.bytes.count >= 2 }) else {
            throw SecretScanningError(
                .invalidPattern, message: "\(id): no literal of two bytes or more stands in every match", cause: nil)
        }
        guard (1...Self.maximumWindow).contains(window) else {
            throw SecretScanningError(
                .invalidPattern, message: "\(id): the window is \(window), not 1 to \(Self.maximumWindow) bytes", cause: nil)
        }
        // A type is written into JSON when secrets are replaced, and into lists for clients.
        guard !type.isEmpty, type.utf8.count <= 100,
            type.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F && !"\"\\[]".utf8.contains($0) })
        else {
            throw SecretScanningError(
                .invalidPattern,
                message: "\(id): a type is 1 to 100 printable ASCII characters without quotes, brackets and backslashes",
                cause: nil)
        }
        self.id = id
        self.type = type
        self.severity = severity
        self.confidence = confidence
        self.window = window
        self.literals = literals.map(\.bytes)
    }
}

extension RuleSet {
    /// Creates a set of rules of this package and patterns of the operator; of several with one id the first stands.
    public init(rules: [Rule], own patterns: [OwnPattern]) {
        self.init(
            rules: rules
                + patterns.map {
                    Rule($0.id, $0.type, .own, $0.severity, $0.confidence, .own($0), fixedPrefix: true, finds: [], passes: [])
                })
    }
}
