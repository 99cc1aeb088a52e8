internal import Synchronization

/// How far a scan has come, for whoever watches it.
public final class ScanProgress: Sendable {
    private let fileCount = Atomic<Int>(0)
    private let byteCount = Atomic<Int>(0)

    /// Begins at nothing.
    public init() {}

    /// Files done so far.
    public var files: Int { self.fileCount.load(ordering: .relaxed) }

    /// Bytes read so far.
    public var bytes: Int { self.byteCount.load(ordering: .relaxed) }

    func add(bytes: Int, files: Int) {
        self.byteCount.wrappingAdd(bytes, ordering: .relaxed)
        self.fileCount.wrappingAdd(files, ordering: .relaxed)
    }
}
