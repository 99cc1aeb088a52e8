/// The history of one owner's tables: revisions in a single line, from the first to the head.
public struct RevisionChain: Sendable {
    /// The name of the chain: 1 to 64 of `A-Z a-z 0-9 _ . -`.
    public let name: String

    /// The revisions from the first to the head.
    public let revisions: [Revision]

    /// Puts revisions in line.
    ///
    /// - Parameters:
    ///   - name: The name of the chain: 1 to 64 of `A-Z a-z 0-9 _ . -`.
    ///   - revisions: One or more revisions in any order.
    /// - Throws: ``MigrationError`` with code `invalidChain` when a name is malformed, an id occurs twice, a parent is
    ///   missing, there is not exactly one first revision, the line forks or runs in a circle, or a revision that is not
    ///   optional comes after an optional one.
    public init(name: String, revisions: [Revision]) throws(MigrationError) {
        func invalid(_ reason: String) -> MigrationError {
            MigrationError(.invalidChain, message: "chain \(name): \(reason)")
        }
        guard Self.isName(name) else { throw MigrationError(.invalidChain, message: "a chain has a malformed name") }
        var ids: Set<String> = []
        var children: [String?: Revision] = [:]
        for revision in revisions {
            guard Self.isName(revision.id) else { throw invalid("a revision has a malformed id") }
            guard ids.insert(revision.id).inserted else { throw invalid("revision \(revision.id) occurs twice") }
            if let other = children.updateValue(revision, forKey: revision.parent) {
                let place = revision.parent.map { "have the parent \($0)" } ?? "have no parent"
                throw invalid("revisions \(other.id) and \(revision.id) both \(place)")
            }
        }
        guard children[nil] != nil else { throw invalid("no revision is the first") }
        var line: [Revision] = []
        var last: String?
        while let next = children.removeValue(forKey: last) {
            line.append(next)
            last = next.id
        }
        if let stray = children.values.min(by: { $0.id < $1.id }) {
            throw invalid("revision \(stray.id) does not descend from the first, its parent is \(stray.parent ?? "")")
        }
        if let optional = line.firstIndex(where: \.isOptional),
            let firm = line[optional...].first(where: { !$0.isOptional })
        {
            throw invalid("revision \(firm.id) comes after an optional one, so it has to be optional too")
        }
        self.name = name
        self.revisions = line
    }

    /// The name of the newest revision.
    public var head: Revision.Key? {
        self.revisions.last.map { Revision.Key(chain: self.name, revision: $0.id) }
    }

    private static func isName(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"): true
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "-"): true
                default: false
                }
            }
    }
}
