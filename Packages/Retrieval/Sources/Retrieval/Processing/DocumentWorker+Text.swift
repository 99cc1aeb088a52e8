#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import Logging
import Persistence
import SecretScanning

extension DocumentWorker {
    /// Another server took over, or the owner deleted the document.
    private struct LostLease: Error {}

    /// Makes a document found, or lets it fail.
    ///
    /// - Throws: `PersistenceError`; `CancellationError`.
    func makeFound(_ lease: DocumentLease) async throws {
        // An earlier try may have left some.
        try await self.store.passages.removePassages(of: lease.id)
        do {
            guard lease.attempt <= self.store.configuration.maximumAttempts else {
                throw ExtractionFailure("it could not be processed in \(self.store.configuration.maximumAttempts) attempts")
            }
            let outcome = try await self.index(try await self.extract(lease), of: lease)
            if try await self.leases.finish(lease, outcome) { await self.store.folder.remove(lease.id) }
        } catch is LostLease {
            self.logger.debug("a document was taken over or deleted", metadata: ["document.id": "\(lease.id)"])
        } catch let failure as ExtractionFailure {
            try await self.end(lease, failure)
        }
    }

    private func end(_ lease: DocumentLease, _ failure: ExtractionFailure) async throws {
        self.logger.debug(
            "a document has no text", metadata: ["document.id": "\(lease.id)", "document.attempt": "\(lease.attempt)"])
        if failure.mayBeTriedAgain, lease.attempt < self.store.configuration.maximumAttempts {
            try await self.leases.postpone(lease, until: Timestamp.now().advanced(by: self.pause(after: lease)))
            return
        }
        try await self.store.passages.removePassages(of: lease.id)
        if try await self.leases.fail(lease, failure.reason) { await self.store.folder.remove(lease.id) }
    }

    private func extract(_ lease: DocumentLease) async throws -> [ExtractedPage] {
        guard let type = DocumentType(contentType: lease.contentType) else {
            throw ExtractionFailure("documents of its type are not read")
        }
        let path = self.store.folder.path(of: lease.id)
        let (extraction, timeout) = (self.extraction, self.store.configuration.extractionTimeout)
        do {
            return try await withThrowingTaskGroup(of: [ExtractedPage]?.self) { group in
                group.addTask { try await extraction.pages(of: path, name: lease.filename, type: type) }
                group.addTask {
                    try await Task.sleep(for: timeout)
                    return nil
                }
                defer { group.cancelAll() }
                guard let pages = try await group.next() ?? nil else {
                    throw ExtractionFailure("its text could not be taken out within \(timeout)")
                }
                return pages
            }
        } catch let failure as ExtractionFailure {
            throw failure
        } catch {
            try Task.checkCancellation()
            self.logger.debug(
                "text could not be taken out",
                metadata: ["document.id": "\(lease.id)", "error": .string(String(reflecting: error))])
            throw ExtractionFailure("its text could not be taken out", mayBeTriedAgain: true)
        }
    }

    /// Cuts and scans the text, and writes the passages batch by batch.
    @concurrent private func index(
        _ pages: [ExtractedPage], of lease: DocumentLease
    ) async throws -> DocumentLeases.Outcome {
        var cutter = PassageCutter()
        var findings = FindingCounts()
        var scratch = ScanScratch()
        var waiting: [Passage] = []
        var count = 0
        let limit = self.store.configuration.maximumPassages
        for page in pages {
            if let passage = cutter.begin(page.number) { waiting.append(passage) }
            for character in page.text {
                waiting += cutter.feed(character)
                guard waiting.count >= PassageTable.batch else { continue }
                count += waiting.count
                guard count <= limit else { throw Self.tooLong(limit) }
                try await self.write(waiting, of: lease, &findings, &scratch)
                waiting.removeAll(keepingCapacity: true)
            }
        }
        if let passage = cutter.finish() { waiting.append(passage) }
        count += waiting.count
        guard count <= limit else { throw Self.tooLong(limit) }
        guard count > 0 else { throw ExtractionFailure("it holds no text") }
        try await self.write(waiting, of: lease, &findings, &scratch)
        let isPaged = pages.contains { $0.number != nil }
        return DocumentLeases.Outcome(pages: isPaged ? pages.count : nil, passages: count, findings: findings)
    }

    private static func tooLong(_ limit: Int) -> ExtractionFailure {
        ExtractionFailure("its text is too long: it would have more than \(limit) passages")
    }

    private func write(
        _ passages: [Passage], of lease: DocumentLease, _ findings: inout FindingCounts, _ scratch: inout ScanScratch
    ) async throws {
        for passage in passages { self.scan(passage, &findings, &scratch) }
        // One character of text may be so long that it makes more passages than one batch has.
        for start in stride(from: 0, to: passages.count, by: PassageTable.batch) {
            let batch = Array(passages[start..<min(start + PassageTable.batch, passages.count)])
            let end = Timestamp.now().advanced(by: self.store.configuration.leaseTime)
            guard try await self.store.passages.write(batch, of: lease, until: end) else { throw LostLease() }
        }
    }

    /// Counts what is found in a passage, and was not found in the one before.
    private func scan(_ passage: Passage, _ findings: inout FindingCounts, _ scratch: inout ScanScratch) {
        var text = passage.text
        let report = text.withUTF8 { self.scanner.scan(UnsafeRawBufferPointer($0), in: &scratch) }
        for finding in report.findings where finding.secretSpan.upperBound > passage.overlapBytes { findings.add(finding.type) }
        if !report.isComplete { findings.add(Verdict.incompleteScan) }
    }
}
