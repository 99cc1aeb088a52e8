public import SecretScanning

/// A scan of files, folders, standard input or diffs by several workers.
public struct SecretScan: Sendable {
    /// What is scanned and how.
    public struct Options: Hashable, Sendable {
        /// Whether `.gitignore` and `.git/info/exclude` are heeded; default true.
        public var respectsIgnoreFiles = true
        /// Whether files with NUL bytes are scanned, too; default false.
        public var scansBinaryFiles = false
        /// Larger files are skipped, which is a failure; default nil, no limit.
        public var maximumFileBytes: Int?
        /// Whether the inputs are diffs, of which only what they add is scanned; default false.
        public var readsDiffs = false
        /// How many files are scanned at a time, 1 or more; default 1.
        public var jobs = 1

        /// Creates the default.
        public init() {}
    }

    let scanner: Scanner
    private let configurationScanner: LazyScanner?
    let judge: FindingJudge
    let options: Options
    let isStopped: @Sendable () -> Bool
    var passedOver: Set<FileID> = []

    /// How far the scan has come.
    public let progress = ScanProgress()

    /// Prepares a scan.
    ///
    /// - Parameters:
    ///   - scanner: Finds.
    ///   - configurationRules: The rules for files whose name says that they configure something, such as
    ///     ``SecretScanning/RuleSet/reportableInConfiguration(from:)``; default nil, those of the scanner.
    ///   - judge: Decides what is reported.
    ///   - options: What is scanned and how.
    ///   - isStopped: Asked often and from any thread; true ends the scan soon, as cancellation does.
    public init(
        scanner: Scanner, configurationRules: RuleSet? = nil, judge: FindingJudge, options: Options = Options(),
        isStopped: @escaping @Sendable () -> Bool = { false }
    ) {
        self.scanner = scanner
        self.configurationScanner = configurationRules.map { LazyScanner($0, scanner.configuration) }
        self.judge = judge
        self.options = options
        self.isStopped = { isStopped() || Task.isCancelled }
    }

    /// What finds in a file.
    func scanner(for path: [UInt8]) -> Scanner {
        guard let other = self.configurationScanner, ConfigurationFile.isNamed(path) else { return self.scanner }
        return other.scanner
    }

    /// Leaves out a file by whatever name it is come to, such as the baseline itself; one that does not exist is none.
    public mutating func passOver(_ path: [UInt8]) {
        guard let facts = try? FileFacts(ScanPath.opening(path), followsLinks: true), facts.kind == .regular else { return }
        self.passedOver.insert(facts.id)
    }

    /// Scans.
    ///
    /// The outcome does not depend on the number of jobs or the order of entries in folders. When the scan is stopped it holds
    /// what was found until then, and a failure that says so.
    ///
    /// - Parameter roots: Files and folders, in the bytes of their names; `-` is standard input.
    public func run(_ roots: [[UInt8]]) async -> ScanOutcome {
        let queue = WorkQueue(TreeWalker(roots: roots, respectsIgnoreFiles: self.options.respectsIgnoreFiles))
        var outcome = await withTaskGroup(of: ScanOutcome.self) { group in
            for _ in 0..<max(self.options.jobs, 1) {
                group.addTask { await self.work(on: queue) }
            }
            var whole = ScanOutcome()
            for await part in group { whole.add(part) }
            return whole
        }
        outcome.totals.ignored = await queue.ignoredCount
        if self.isStopped() { outcome.skipped.append(SkippedFile(path: [], reason: "the rest: the scan was stopped")) }
        outcome.settle()
        return outcome
    }

    private func work(on queue: WorkQueue) async -> ScanOutcome {
        var scanner = SourceScanner(self)
        while !self.isStopped() {
            let steps = await queue.next()
            if steps.isEmpty { break }
            for step in steps where !self.isStopped() {
                switch step {
                case .skipped(let file): scanner.skip(file)
                case .standardInput where self.options.readsDiffs: self.scanDiff(nil, [UInt8(ascii: "-")], &scanner)
                case .standardInput: scanner.scanStandardInput([UInt8(ascii: "-")])
                case .file(let path, _) where self.options.readsDiffs: self.scanDiff(path, path, &scanner)
                case .file(let path, let isNamed): scanner.scanFile(path, isNamed: isNamed)
                }
            }
        }
        return scanner.outcome
    }

    private func scanDiff(_ path: [UInt8]?, _ name: [UInt8], _ output: inout SourceScanner) {
        var scanner = DiffScanner(self)
        do {
            if let path {
                scanner.scanAll(of: try OpenFile(path, followsLinks: true), name, into: &output)
            } else {
                scanner.scanAll(of: OpenFile(lent: 0), name, into: &output)
            }
        } catch {
            output.skip(SkippedFile(path: name, reason: "cannot be read: \(error.reason)"))
        }
    }
}

/// Hands out work in small portions.
private actor WorkQueue {
    private var walker: TreeWalker

    init(_ walker: TreeWalker) {
        self.walker = walker
    }

    var ignoredCount: Int { self.walker.ignoredCount }

    /// Some steps; none at the end.
    func next() -> [TreeWalker.Step] {
        var steps: [TreeWalker.Step] = []
        while steps.count < 16, let step = self.walker.next() {
            steps.append(step)
            // What may take long goes alone.
            if case .standardInput = step { break }
        }
        return steps
    }
}
