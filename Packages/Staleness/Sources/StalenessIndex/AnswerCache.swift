import Staleness

/// Remembers answers of an index, bounded in packages and in versions; who was not asked for longest is forgotten first.
struct AnswerCache {
    struct Entry {
        let answer: IndexAnswer
        /// What the index called this state of its answer.
        let tag: String?
        /// When the index last confirmed it.
        var confirmedAt: Duration
        fileprivate var lastUse: UInt64 = 0

        init(_ answer: IndexAnswer, tag: String?, confirmedAt: Duration) {
            self.answer = answer
            self.tag = tag
            self.confirmedAt = confirmedAt
        }

        fileprivate var versionCount: Int {
            if case .found(let releases) = self.answer { releases.releases.count } else { 0 }
        }
    }

    private let packageLimit: Int
    private let versionLimit: Int
    private var entries: [PythonPackageName: Entry] = [:]
    private(set) var versionCount = 0
    private var use: UInt64 = 0

    init(packageLimit: Int, versionLimit: Int) {
        self.packageLimit = packageLimit
        self.versionLimit = versionLimit
    }

    var count: Int { self.entries.count }

    mutating func entry(of name: PythonPackageName) -> Entry? {
        guard var entry = self.entries[name] else { return nil }
        self.use &+= 1
        entry.lastUse = self.use
        self.entries[name] = entry
        return entry
    }

    mutating func keep(_ entry: Entry, of name: PythonPackageName) {
        self.forget(name)
        guard self.packageLimit > 0, entry.versionCount <= self.versionLimit else { return }
        self.use &+= 1
        var entry = entry
        entry.lastUse = self.use
        self.entries[name] = entry
        self.versionCount += entry.versionCount
        while self.entries.count > self.packageLimit || self.versionCount > self.versionLimit {
            guard let oldest = self.entries.min(by: { $0.value.lastUse < $1.value.lastUse })?.key else { return }
            self.forget(oldest)
        }
    }

    private mutating func forget(_ name: PythonPackageName) {
        if let entry = self.entries.removeValue(forKey: name) { self.versionCount -= entry.versionCount }
    }
}
