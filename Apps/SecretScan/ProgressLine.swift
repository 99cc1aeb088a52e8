import SecretScanTool

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A line that shows how far a long scan has come; only on a terminal.
enum ProgressLine {
    /// Begins after a second; cancelling removes the line. nil where nobody would see it.
    static func start(_ progress: ScanProgress) -> Task<Void, Never>? {
        guard isatty(2) == 1 else { return nil }
        return Task {
            try? await Task.sleep(for: .seconds(1))
            var isShown = false
            while !Task.isCancelled {
                isShown = true
                Self.write("\r\u{1B}[Ksecret-scan: \(progress.files) files, \(progress.bytes >> 20) MiB")
                try? await Task.sleep(for: .milliseconds(200))
            }
            if isShown { Self.write("\r\u{1B}[K") }
        }
    }

    private static func write(_ text: String) {
        _ = ToolFiles.write(Array(text.utf8), toDescriptor: 2)
    }
}
