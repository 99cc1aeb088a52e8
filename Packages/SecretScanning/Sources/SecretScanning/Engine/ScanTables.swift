/// Everything that is made once for a set of rules: the automaton, and whom each of its keywords concerns.
///
/// Unchecked `Sendable`: the one pointer leads to memory that is written in the initialiser only.
final class ScanTables: @unchecked Sendable {
    /// Whom a keyword concerns that is not a probe's.
    enum Target {
        case flat(rule: Int, pattern: FlatPattern)
        case own(OwnPattern, rule: Int, number: Int)
    }

    /// What a rule says about each candidate, apart from its texts.
    struct Facts {
        let group: Rule.Group
        let confidence: Confidence
        let checks: [Check]
        let isFlat: Bool
        /// Rules with the same name for clients have the same number.
        let type: Int
    }

    let rules: [Rule]
    /// The facts about each rule by its number.
    let facts: [Facts]
    /// The numbers of types are smaller.
    let typeCount: Int
    let automaton: KeywordAutomaton
    /// The targets with numbers from the number of probes on; a lower number is that of a probe.
    let targets: [Target]
    let atoms: UnsafeMutablePointer<UInt16>
    /// The rule of each detector by raw value; -1 where the set has none.
    let ruleOfDetector: [Int]
    /// How many patterns of the operator there are.
    let ownCount: Int
    /// Whether anything is tried at digits.
    let looksAtNumbers: Bool
    /// The rules for numbers that countries give.
    let nationalRules: [(rule: Int, number: NationalNumber)]
    /// Whether anything is tried at the beginnings of words.
    let looksAtIdentifiers: Bool
    /// The end of every marker that a redaction of these rules can write, `GitHub Token]`.
    let markerTails: [[UInt8]]

    init(_ rules: [Rule]) {
        self.rules = rules
        let types = Dictionary(zip(rules.map(\.type), 0...)) { first, _ in first }
        self.facts = rules.map { rule in
            let isFlat = if case .flat = rule.shape { true } else { false }
            return Facts(
                group: rule.group, confidence: rule.confidence, checks: rule.checks, isFlat: isFlat, type: types[rule.type] ?? 0)
        }
        self.typeCount = rules.count
        var targets: [Target] = []
        var keywords: [(bytes: [UInt8], target: Int)] = []
        var ownCount = 0
        var nationalRules: [(rule: Int, number: NationalNumber)] = []
        var ruleOfDetector = [Int](repeating: -1, count: Detector.allCases.count)
        let probeCount = Probe.allCases.count
        for (index, rule) in rules.enumerated() {
            switch rule.shape {
            case .flat(let patterns):
                for pattern in patterns {
                    for keyword in pattern.keywords { keywords.append((keyword, probeCount + targets.count)) }
                    targets.append(.flat(rule: index, pattern: pattern))
                }
            case .detector(let detector):
                ruleOfDetector[detector.rawValue] = index
            case .national(let number): nationalRules.append((index, number))
            case .own(let own):
                for literal in own.literals { keywords.append((literal, probeCount + targets.count)) }
                targets.append(.own(own, rule: index, number: ownCount))
                ownCount += 1
            }
        }
        for probe in Probe.allCases where probe.isNeeded(by: ruleOfDetector) {
            for keyword in probe.keywords { keywords.append((Array(keyword.utf8), probe.rawValue)) }
        }
        self.targets = targets
        self.ownCount = ownCount
        self.nationalRules = nationalRules
        self.automaton = KeywordAutomaton(keywords)
        self.ruleOfDetector = ruleOfDetector
        let numeric: [Detector] = [.card, .iban, .ssn, .itin, .routingNumber, .ipAddress]
        self.looksAtNumbers = numeric.contains { ruleOfDetector[$0.rawValue] >= 0 }
        let identifying: [Detector] = [.mac, .ipv6, .wallet]
        self.looksAtIdentifiers = !nationalRules.isEmpty || identifying.contains { ruleOfDetector[$0.rawValue] >= 0 }
        self.markerTails = Set(rules.map(\.type)).sorted().map { Array("\($0)]".utf8) }
        self.atoms = .allocate(capacity: 256)
        self.atoms.initialize(from: Atoms.table, count: 256)
    }

    deinit { self.atoms.deallocate() }

    /// The number of the rule that a detector serves, if the set has it.
    @inline(__always) func rule(_ detector: Detector) -> Int? {
        let rule = self.ruleOfDetector[detector.rawValue]
        return rule < 0 ? nil : rule
    }
}
