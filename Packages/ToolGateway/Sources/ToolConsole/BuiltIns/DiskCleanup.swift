#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// One look through the folders, which removes what has expired.
///
/// Only regular files with one name in the folder itself are removed, by the folder's descriptor, so neither a link nor a folder that is
/// exchanged meanwhile leads anywhere else.
struct DiskCleanup {
    /// Most files that one look removes.
    static let maximumRemoved = 1_000
    /// Most entries that one look reads.
    static let maximumEntries = 20_000

    /// What came of it.
    struct Report: Equatable {
        /// Bytes that the files took.
        var bytes: Int64 = 0
        /// Files that were removed, or would be.
        var files = 0
        /// Files that should have gone and are still there.
        var failed = 0
        /// Folders that could not be read, among those that are there.
        var unreadable = 0
        /// Whether everything was looked at.
        var isComplete = true
    }

    let places: [CleanupPlace]
    /// Whether files stay where they are, and are only counted.
    let isTrial: Bool
    /// Seconds since 1970.
    let now: Int64
    let isCancelled: @Sendable () -> Bool

    /// Does it, on a thread that may wait for the disk.
    func run() -> Report {
        var report = Report()
        var entries = 0
        for place in self.places {
            let descriptor = open(place.folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
            guard descriptor >= 0 else {
                if errno != ENOENT { report.unreadable += 1 }
                continue
            }
            // The stream owns the descriptor from here on.
            guard let stream = fdopendir(descriptor) else {
                close(descriptor)
                report.unreadable += 1
                continue
            }
            defer { closedir(stream) }
            while let entry = readdir(stream) {
                entries += 1
                guard entries <= Self.maximumEntries, report.files + report.failed < Self.maximumRemoved, !self.isCancelled()
                else {
                    report.isComplete = false
                    return report
                }
                let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                    pointer.withMemoryRebound(to: CChar.self, capacity: MemoryLayout.size(ofValue: pointer.pointee)) {
                        String(validatingCString: $0)
                    }
                }
                if let name, place.owns(name) { self.visit(name, in: dirfd(stream), of: place, &report) }
            }
        }
        return report
    }

    private func visit(_ name: String, in folder: Int32, of place: CleanupPlace, _ report: inout Report) {
        var status = stat()
        guard fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else {
            // Somebody else was faster.
            if errno != ENOENT { report.failed += 1 }
            return
        }
        guard status.st_mode & S_IFMT == S_IFREG, status.st_nlink == 1 else { return }
        #if canImport(Darwin)
            let written = Int64(status.st_mtimespec.tv_sec)
        #else
            let written = Int64(status.st_mtim.tv_sec)
        #endif
        let (age, overflow) = self.now.subtractingReportingOverflow(written)
        guard !overflow, age >= place.minimumAge.components.seconds else { return }
        if !self.isTrial, unlinkat(folder, name, 0) != 0 {
            if errno != ENOENT { report.failed += 1 }
            return
        }
        report.files += 1
        report.bytes &+= Int64(status.st_size)
    }
}
