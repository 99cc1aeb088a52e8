import Foundation
import Synchronization

/// Reads documents, each in a process of its own that can do no harm: a hostile document fails, and nothing else.
///
/// ```swift
/// let process = try DocumentProcess()
/// let document = try await process.extract(path: "/var/spool/7", name: "report.pdf", declaredType: "application/pdf")
/// ```
public final class DocumentProcess: Sendable {
    private let configuration: DocumentProcessConfiguration
    private let gate: ExtractionGate

    /// Creates a reader; it starts nothing.
    ///
    /// - Throws: ``DocumentTextError`` with code `invalidConfiguration`.
    public init(configuration: DocumentProcessConfiguration = DocumentProcessConfiguration()) throws(DocumentTextError) {
        try configuration.check()
        self.configuration = configuration
        self.gate = ExtractionGate(limit: configuration.concurrency, lineLimit: configuration.maximumWaiters)
    }

    /// How many callers wait for their turn.
    public var waiterCount: Int { self.gate.waiterCount }

    /// Reads a document, when it is its turn.
    ///
    /// The content decides what it is; that has to agree with name and declared type. The text of a document of 50 MB may take up to
    /// 20 MB of memory. Cancelling the task kills the child. It waits on threads of its own, so it may be called on any executor.
    ///
    /// - Parameters:
    ///   - path: The file; it must not change meanwhile.
    ///   - name: What the client calls it, or `nil`.
    ///   - declaredType: The media type that the client claims, or `nil`.
    /// - Throws: ``DocumentTextError``, whose codes tell the cases apart; `CancellationError`.
    public func extract(path: String, name: String?, declaredType: String?) async throws -> ExtractedDocument {
        let claim = try DocumentFormat.claimed(name: name, declaredType: declaredType)
        try await self.gate.enter()
        defer { self.gate.leave() }
        let stop = try Pipe()
        let configuration = self.configuration
        let result: Result<ExtractedDocument, any Error> = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                // The child ends with the thread that started it, so this one lives until it is reaped.
                let thread = Thread {
                    let result = RunningChild.read(path: path, claim: claim, configuration, stop: stop.reading)
                    continuation.resume(returning: result)
                }
                thread.name = "document-text"
                thread.stackSize = 512 * 1024
                thread.start()
            }
        } onCancel: {
            stop.writing.close()
        }
        return try result.get()
    }
}
