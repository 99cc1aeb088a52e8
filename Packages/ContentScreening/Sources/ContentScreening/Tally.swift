import SecretScanning

/// What was found in the fields of one submission so far.
struct Tally {
    /// A series of the counter of findings.
    struct Series: Hashable {
        let type: String
        let group: Rule.Group
        let isBlocked: Bool
    }

    private(set) var counts: [Series: Int] = [:]
    private(set) var notices: Set<String> = []
    private(set) var isIncomplete = false
    private var faults: [ContentRefusal.Fault] = []
    private var types: Set<String> = []

    mutating func add(_ report: ScanReport, of field: ContentField, verdict: Verdict) {
        // The gate knows no policy that redacts; were there one, refusing would be the safe side.
        let blocked: Set<String> =
            switch verdict {
            case .accept: []
            case .redact(let types), .reject(let types): Set(types)
            }
        for finding in report.findings {
            if finding.group == .pii, field.isPersonal { continue }
            let isBlocked = blocked.contains(finding.type)
            self.counts[Series(type: finding.type, group: finding.group, isBlocked: isBlocked), default: 0] += 1
            if !isBlocked { self.notices.insert(finding.type) }
        }
        if !report.isComplete { self.isIncomplete = true }
        if blocked.isEmpty { return }
        self.types.formUnion(blocked)
        if self.faults.count < ContentRefusal.maximumFaults {
            self.faults.append(ContentRefusal.Fault(name: field.name, index: field.index, types: blocked.sorted()))
        }
    }

    /// The refusal, if any field is at fault.
    var refusal: ContentRefusal? {
        self.types.isEmpty
            ? nil : ContentRefusal(faults: self.faults, types: self.types.sorted(), isIncomplete: self.isIncomplete)
    }
}
