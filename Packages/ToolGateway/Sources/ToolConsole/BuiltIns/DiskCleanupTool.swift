import NIOPosix
import Persistence
public import StrictJSON
import Synchronization

/// Removes expired spool, upload and temporary files of the program.
public struct DiskCleanupTool: BuiltInTool {
    /// `disk_cleanup`
    public let name = "disk_cleanup"
    /// What it does.
    public let summary = "Removes expired spool, upload and temporary files of the server"

    private let places: [CleanupPlace]

    /// Creates the tool.
    ///
    /// - Parameter places: Where files are looked for, and which.
    public init(_ places: [CleanupPlace]) {
        self.places = places
    }

    /// Removes files: `{"files_removed": 2, "bytes_freed": 4096, "files_failed": 0, "complete": true}`.
    ///
    /// With the argument `dry_run` true, files stay where they are and are only counted. At most 1 000 files are removed at a time;
    /// `complete` is then false, and whoever wants may call again.
    ///
    /// - Throws: ``BuiltInFailure`` when the program stops.
    public func run(_ arguments: JSONObject) async throws(BuiltInFailure) -> JSONObject {
        let isTrial: Bool
        switch arguments["dry_run"] {
        case nil, .null?: isTrial = false
        case .bool(let value)?: isTrial = value
        default: throw BuiltInFailure("dry_run must be true or false", isInvalidCall: true)
        }
        let isCancelled = CancellationMark()
        let cleanup = DiskCleanup(
            places: self.places, isTrial: isTrial, now: Timestamp.now().microseconds / 1_000_000,
            isCancelled: { isCancelled.isSet })
        let report: DiskCleanup.Report
        do {
            report = try await withTaskCancellationHandler {
                try await NIOThreadPool.singleton.runIfActive { cleanup.run() }
            } onCancel: {
                isCancelled.set()
            }
        } catch {
            throw BuiltInFailure("the server stops, so no thread looks at the disk")
        }
        return [
            "files_removed": .integer(isTrial ? 0 : report.files), "files_expired": .integer(report.files),
            "bytes_freed": .integer(isTrial ? 0 : Int(clamping: report.bytes)), "files_failed": .integer(report.failed),
            "folders_unreadable": .integer(report.unreadable), "complete": .bool(report.isComplete),
        ]
    }
}

/// Tells a thread that whoever wanted its work has gone.
private final class CancellationMark: Sendable {
    private let state = Atomic(false)

    var isSet: Bool { self.state.load(ordering: .relaxed) }

    func set() { self.state.store(true, ordering: .relaxed) }
}
