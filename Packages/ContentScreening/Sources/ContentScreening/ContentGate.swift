public import SecretScanning
import StrictJSON

/// Stands in front of every write of what people wrote: nothing with a credential in it comes through.
///
/// A gate is made once, at start, and shared. It refuses by the verdicts of its mode; personal data and the generic rule are
/// counted and told, and never refuse. What could not be looked through completely is refused.
public struct ContentGate: Sendable {
    // A log full of addresses is no reason to refuse, so both are more than a text within the usual bounds can need.
    private static let maximumFindings = 20_000
    private static let baseWork = 2_097_152
    /// What is scanned in one go.
    private static let partBytes = 65_536

    private let scanner: Scanner
    private let metrics: ContentMetrics?

    /// Builds the gate, which takes a few milliseconds.
    ///
    /// - Parameters:
    ///   - mode: Whose verdicts are given; default those that existing clients know.
    ///   - metrics: Where findings are counted; default nowhere.
    public init(mode: ScanMode = .compatible, metrics: ContentMetrics? = nil) {
        self.init(
            ScannerConfiguration(mode: mode, baseWork: Self.baseWork, maximumFindings: Self.maximumFindings), metrics: metrics)
    }

    /// Builds a gate with bounds of its own.
    package init(_ configuration: ScannerConfiguration, metrics: ContentMetrics? = nil) {
        // A gate lets pass or refuses; it does not rewrite what people wrote, and personal data alone refuses nothing.
        let policies: [Rule.Group: ScanPolicy] = [
            .compatible: .block, .further: .block, .own: .block, .generic: .report, .pii: .report,
        ]
        var configuration = configuration
        configuration.policies = policies
        self.scanner = Scanner(configuration: configuration)
        self.metrics = metrics
    }

    /// Looks through a submission.
    ///
    /// Takes time in proportion to its size: as seen, some 4 µs per KiB of ordinary text, and a bounded multiple of it for
    /// hostile text. It runs on the shared pool whoever calls it, never on an event loop, and gives way to others after each
    /// field and within long ones: an ordinary field holds a thread of the pool for well under a millisecond, the worst for some
    /// milliseconds.
    ///
    /// - Throws: `CancellationError` when the task is cancelled; nothing is counted then.
    @concurrent public func screen<Content: Screenable>(
        _ content: Content
    ) async throws(CancellationError) -> Screening<Content> {
        var scratch = ScanScratch()
        var tally = Tally()
        for (number, field) in content.contentFields.enumerated() {
            if number > 0 { await Task.yield() }
            if Task.isCancelled { throw CancellationError() }
            let report = try await self.scan(field, in: &scratch)
            // As nearly always.
            if report.findings.isEmpty, report.isComplete { continue }
            tally.add(report, of: field, verdict: self.scanner.verdict(on: report))
        }
        self.metrics?.record(tally)
        if let refusal = tally.refusal { return .refused(refusal) }
        return .admitted(Screened(content, notices: tally.notices.sorted()))
    }

    private func scan(_ field: ContentField, in scratch: inout ScanScratch) async throws(CancellationError) -> ScanReport {
        switch field.value {
        case .text(let text) where text.utf8.count > Self.partBytes:
            try await self.scanParts(of: Array(text.utf8))
        case .text(var text):
            text.withUTF8 { self.scanner.scan(UnsafeRawBufferPointer($0), in: &scratch) }
        case .json(let value):
            value.compactBytes().withUnsafeBytes { self.scanner.scanJSON($0, in: &scratch) }
        }
    }

    /// A text that would hold the thread for long: others may go first between its parts, and it ends with its task.
    private func scanParts(of text: [UInt8]) async throws(CancellationError) -> ScanReport {
        var scan = StreamingScan(self.scanner)
        var rest = text[...]
        while !rest.isEmpty {
            if rest.count < text.count { await Task.yield() }
            if Task.isCancelled { throw CancellationError() }
            scan.feed(rest.prefix(Self.partBytes))
            rest = rest.dropFirst(Self.partBytes)
        }
        return scan.finish()
    }
}
