import AppSupport
import SecretScanTool
import SecretScanning

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The usual run: scan, report, say how it went.
enum Scanning {
    /// No baseline and no file of patterns that people keep is larger.
    private static let maximumFile = 64 << 20

    static func run(_ command: SecretScanCommand) async throws -> Int32 {
        let (rules, configurationRules) = try Self.rules(command)
        let known = try Self.known(command)
        let judge = FindingJudge(
            minimumConfidence: command.minimumConfidence, usesPragmas: !command.noPragmas, known: known)
        var options = SecretScan.Options()
        options.respectsIgnoreFiles = !command.noIgnore
        options.scansBinaryFiles = command.binary
        options.maximumFileBytes = command.maxFileSize.map { $0 << 20 }
        options.readsDiffs = command.diff
        options.jobs = command.jobs ?? max(sysconf(Int32(_SC_NPROCESSORS_ONLN)), 1)
        Interrupt.install()
        var scan = SecretScan(
            scanner: Self.scanner(rules, command), configurationRules: configurationRules, judge: judge, options: options,
            isStopped: { Interrupt.happened })
        // Files full of hashes are not what is looked for.
        for file in [command.baseline, command.importBaseline, command.output].compactMap({ $0 }) {
            scan.passOver(RawArguments.bytes(file))
        }

        let progress = command.quiet ? nil : ProgressLine.start(scan.progress)
        var outcome = await scan.run(command.roots)
        progress?.cancel()
        await progress?.value

        if command.updateBaseline, let path = command.baseline, !Interrupt.happened {
            outcome = try Self.update(path, known, outcome, command)
        }
        return try Self.report(outcome, rules: (configurationRules ?? rules).rules, command)
    }

    /// A scanner with the rules that are asked for.
    static func scanner(_ command: SecretScanCommand) throws(ScanToolError) -> Scanner {
        Self.scanner(try Self.rules(command).usual, command)
    }

    private static func scanner(_ rules: RuleSet, _ command: SecretScanCommand) -> Scanner {
        Scanner(rules: rules, configuration: ScannerConfiguration(mode: command.mode, maximumFindings: 10_000))
    }

    /// The rules that are asked for, and those for files that configure something, if they are others.
    private static func rules(
        _ command: SecretScanCommand
    ) throws(ScanToolError) -> (usual: RuleSet, inConfiguration: RuleSet?) {
        var own: [OwnPattern] = []
        if let path = command.patterns.map(RawArguments.bytes) {
            guard let bytes = try ToolFiles.read(path, limit: Self.maximumFile) else { throw Self.missing(path) }
            own = try PatternFile.patterns(in: bytes, taken: Set(RuleSet.all.rules.map(\.id)))
        }
        var rules = RuleSet.builtIn
        if !command.pii { rules = RuleSet(rules: rules.rules.filter { $0.group != .pii }) }
        let others = command.mode == .default ? rules.reportableInConfiguration(from: command.minimumConfidence) : nil
        return (
            RuleSet(rules: rules.reportable(from: command.minimumConfidence).rules, own: own),
            others.map { RuleSet(rules: $0.rules, own: own) }
        )
    }

    private static func known(_ command: SecretScanCommand) throws -> KnownFindings {
        var known = KnownFindings()
        if let path = command.keyFile.map(RawArguments.bytes) {
            guard let bytes = try ToolFiles.read(path, limit: 65_536) else { throw Self.missing(path) }
            known.key = try BaselineKey(parsing: String(decoding: bytes, as: UTF8.self), source: "--key-file")
        } else if let variable = getenv("SECRET_SCAN_KEY") {
            known.key = try BaselineKey(parsing: String(cString: variable), source: "SECRET_SCAN_KEY")
        }
        if let path = command.baseline.map(RawArguments.bytes) {
            guard let key = known.key else {
                throw ScanToolError(
                    .invalidKey,
                    message: "--baseline needs the key of its fingerprints in --key-file or SECRET_SCAN_KEY; to make one: "
                        + "openssl rand -base64 32")
            }
            if let bytes = try ToolFiles.read(path, limit: Self.maximumFile) {
                known.baseline = try Baseline(parsing: bytes, keyID: try key.id())
            } else if !command.updateBaseline {
                throw Self.missing(path)
            }
        }
        if let path = command.importBaseline.map(RawArguments.bytes) {
            guard let bytes = try ToolFiles.read(path, limit: Self.maximumFile) else { throw Self.missing(path) }
            known.detectSecrets = try DetectSecretsBaseline(parsing: bytes)
        }
        return known
    }

    private static func missing(_ path: [UInt8]) -> ScanToolError {
        ScanToolError(.unusableFile, message: "\(PathText.escaped(path)): there is no such file")
    }

    /// Writes the baseline, and marks as known what stands in it now.
    private static func update(
        _ path: String, _ known: KnownFindings, _ outcome: ScanOutcome, _ command: SecretScanCommand
    ) throws -> ScanOutcome {
        guard let baseline = try known.updatedBaseline(after: outcome, roots: command.roots) else { return outcome }
        try ToolFiles.write(baseline.bytes(), to: RawArguments.bytes(path))
        if !command.quiet { Main.say("secret-scan: \(baseline.entries.count) findings are in the baseline") }
        var outcome = outcome
        for index in outcome.findings.indices where known.detectSecrets == nil { outcome.findings[index].isKnown = true }
        return outcome
    }

    private static func report(_ outcome: ScanOutcome, rules: [Rule], _ command: SecretScanCommand) throws -> Int32 {
        let report = RunReport(outcome, rules: rules, version: Gatehouse.version)
        if let path = command.output {
            try ToolFiles.write(report.bytes(command.format), to: RawArguments.bytes(path))
        } else if !ToolFiles.write(report.bytes(command.format), toDescriptor: 1) {
            return Main.failUnwritten()
        }
        for file in outcome.skipped where file.isFailure { Main.say("secret-scan: \(file.textLine)") }
        if !command.quiet { Main.say("secret-scan: \(report.summaryLine)") }
        if Interrupt.happened { return Main.interrupted }
        if !outcome.isComplete { return Main.failed }
        return outcome.newFindings.isEmpty ? Main.clean : Main.found
    }
}
