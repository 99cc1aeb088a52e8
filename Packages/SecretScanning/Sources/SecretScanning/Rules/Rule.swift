/// One kind of secret or personal datum: its names, how grave it is, how it is found, and examples.
///
/// Rules are values made by this package; further ones are written as ``OwnPattern``.
public struct Rule: Sendable, Identifiable {
    /// What a rule belongs to; policies are chosen per group.
    public enum Group: String, Hashable, Sendable, CaseIterable, Comparable {
        /// The detectors of the older system, with its type names.
        case compatible
        /// Credentials that the older system did not know.
        case further
        /// A suspicious word with a random-looking value.
        case generic
        /// Personal data.
        case pii
        /// Patterns that the operator wrote.
        case own

        /// Orders groups by their names.
        public static func < (left: Group, right: Group) -> Bool { left.rawValue < right.rawValue }
    }

    /// A name in kebab case that no other rule has, for example `github-token`.
    public let id: String
    /// The name that is told to clients, for example `GitHub Token`; several rules may share one.
    public let type: String
    /// What the rule belongs to.
    public let group: Group
    /// How grave a true finding is.
    public let severity: Severity
    /// How likely a finding is true before its checksum and value are looked at.
    public let confidence: Confidence
    /// Whether the rule is in ``RuleSet/builtIn``; others are asked for by id.
    public let isOnByDefault: Bool
    /// Texts in which the rule must find something, as templates: see ``ExampleTemplate``.
    public let trueExamples: [String]
    /// Texts in which the rule must find nothing, as templates.
    public let falseExamples: [String]

    /// Whether a find is beyond doubt by its shape alone, so that it is refused also in compatible mode.
    let hasFixedPrefix: Bool
    let shape: Shape
    let checks: [Check]

    init(
        _ id: String, _ type: String, _ group: Group, _ severity: Severity, _ confidence: Confidence, _ shape: Shape,
        checks: [Check] = [], fixedPrefix: Bool = false, isOnByDefault: Bool = true, finds trueExamples: [String],
        passes falseExamples: [String]
    ) {
        self.id = id
        self.type = type
        self.group = group
        self.severity = severity
        self.confidence = confidence
        self.shape = shape
        self.checks = checks
        self.hasFixedPrefix = fixedPrefix
        self.isOnByDefault = isOnByDefault
        self.trueExamples = trueExamples
        self.falseExamples = falseExamples
    }
}

/// How grave a true finding is.
public enum Severity: Int, Hashable, Sendable, Comparable, CaseIterable {
    /// Worth knowing.
    case low
    /// Gives little, or only together with something else.
    case medium
    /// Gives access to one service or tells about a person.
    case high
    /// Gives wide access at once.
    case critical

    /// Orders by gravity.
    public static func < (left: Severity, right: Severity) -> Bool { left.rawValue < right.rawValue }
}

/// How likely a finding is what its type says.
public enum Confidence: Int, Hashable, Sendable, Comparable, CaseIterable {
    /// Often something else; a placeholder, a digest, a test value.
    case low
    /// More likely than not.
    case medium
    /// Shape and, where there is one, checksum leave little doubt.
    case high

    /// Orders by likelihood.
    public static func < (left: Confidence, right: Confidence) -> Bool { left.rawValue < right.rawValue }

    var lowered: Confidence { self == .high ? .medium : .low }
}

/// How a rule finds candidates.
enum Shape: Sendable {
    case flat([FlatPattern])
    case detector(Detector)
    case national(NationalNumber)
    case own(OwnPattern)

    static func flat(_ notations: String..., before: Atoms = .alnum, leeway: Int = 0, after: Atoms = []) -> Shape {
        .flat(notations.map { FlatPattern($0, before: before, leeway: leeway, after: after) })
    }
}

/// What is looked at after a candidate was found.
enum Check: Hashable, Sendable {
    /// Six base62 digits at the end are the CRC-32 of what stands before, behind a prefix of so many bytes.
    case crc32Base62(prefix: Int, length: Int)
    /// Behind the last dash or dot seven base36 digits are the CRC-32 of what stands before; failing says nothing.
    case gitLabRoutable
    /// Behind the last `=` eight hexadecimal digits are the CRC-32 of what stands before; failing says nothing.
    case atlassianCRC
    /// Behind the last `_` eight hexadecimal digits are the CRC-32 of what stands before, lowest byte first.
    case grafanaCRC
    /// Behind a prefix of so many bytes a macaroon in base64.
    case macaroon(prefix: Int)
    /// Behind a prefix of so many bytes base64 of a JSON object, else no finding.
    case base64JSON(prefix: Int)
    /// The tail behind the first bytes is base32 as account keys are; failing lowers.
    case base32Tail(prefix: Int)
    /// Shannon entropy in bits per byte; less is no finding.
    case entropy(Double)
    /// Not hexadecimal digits alone, else no finding.
    case notHex
    /// At least one digit, else no finding.
    case digit
    /// The bech32 checksum.
    case bech32
    /// Header and payload decode to JSON, else no finding.
    case jsonWebToken
    /// The first part decodes to a decimal number; failing lowers.
    case discordID
    /// Begins with text that makes it a name rather than a secret, which lowers.
    case namePrefix([UInt8])
    /// The first so many bytes are hexadecimal digits; others lower.
    case hexHead(count: Int)
    /// Only hexadecimal digits behind the prefix; others lower.
    case hexTail(prefix: Int)
}
