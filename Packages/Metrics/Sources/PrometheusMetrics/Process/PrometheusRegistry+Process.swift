#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

extension PrometheusRegistry {
    /// Adds the process metrics that every Prometheus client has; they are read at each scrape.
    ///
    /// On Linux, from `/proc`: `process_cpu_seconds_total`, `process_resident_memory_bytes`, `process_virtual_memory_bytes`,
    /// `process_start_time_seconds` (since 1970), `process_open_fds`, `process_max_fds`. On macOS the CPU time and the limit
    /// of open files only. What cannot be read is left out of the scrape.
    ///
    /// - Throws: ``PrometheusError`` with code `conflict` when called twice.
    public func registerProcessMetrics() throws(PrometheusError) {
        try self.counter(
            "process_cpu_seconds_total", help: "Total user and system CPU time spent in seconds.",
            reading: ProcessReader.cpuSeconds)
        try self.gauge(
            "process_max_fds", help: "Maximum number of open file descriptors.", reading: ProcessReader.openFileLimit)
        #if os(Linux)
            try self.gauge(
                "process_resident_memory_bytes", help: "Resident memory size in bytes.", reading: ProcessReader.residentBytes)
            try self.gauge(
                "process_virtual_memory_bytes", help: "Virtual memory size in bytes.", reading: ProcessReader.virtualBytes)
            try self.gauge(
                "process_start_time_seconds", help: "Start time of the process since unix epoch in seconds.",
                reading: ProcessReader.startSeconds)
            try self.gauge("process_open_fds", help: "Number of open file descriptors.", reading: ProcessReader.openFiles)
        #endif
    }

    /// Adds `gatehouse_build_info{version="1.2.0",…} 1.0`, which names the build that runs.
    ///
    /// - Parameters:
    ///   - version: The version that `--version` prints.
    ///   - others: Further labels with their values, such as `revision` or `app`.
    /// - Throws: ``PrometheusError`` with code `invalidLabels` or, when called twice with different labels, `conflict`.
    public func registerBuildInfo(version: String, others: KeyValuePairs<String, String> = [:]) throws(PrometheusError) {
        let family = try self.gauge(
            "gatehouse_build_info", help: "The build that runs; the value is always 1.",
            labels: ["version"] + others.map(\.key))
        family.with(values: [version] + others.map(\.value)).set(1)
    }
}

#if os(Linux)
    private enum ProcessReader {
        private static func status() -> ProcessStatus? {
            self.text(at: "/proc/self/stat").flatMap(ProcessStatus.init(stat:))
        }

        private static let ticksPerSecond = Double(max(1, sysconf(Int32(_SC_CLK_TCK))))
        private static let pageBytes = Double(max(1, sysconf(Int32(_SC_PAGESIZE))))

        @Sendable static func cpuSeconds() -> Double? {
            self.status().map { Double($0.cpuTicks) / self.ticksPerSecond }
        }

        @Sendable static func residentBytes() -> Double? {
            self.status().map { Double($0.residentPages) * self.pageBytes }
        }

        @Sendable static func virtualBytes() -> Double? {
            self.status().map { Double($0.virtualBytes) }
        }

        @Sendable static func startSeconds() -> Double? {
            guard let status = self.status(), let boot = self.text(at: "/proc/stat").flatMap(ProcessStatus.bootTime(inStat:))
            else { return nil }
            return Double(boot) + Double(status.startTicks) / self.ticksPerSecond
        }

        /// The listing itself holds one descriptor open, which is not counted.
        @Sendable static func openFiles() -> Double? {
            guard let names = try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd") else { return nil }
            return Double(max(0, names.count - 1))
        }

        @Sendable static func openFileLimit() -> Double? {
            self.text(at: "/proc/self/limits").flatMap(ProcessStatus.openFileLimit(inLimits:))
        }

        private static func text(at path: String) -> String? {
            FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
        }
    }
#else
    private enum ProcessReader {
        @Sendable static func cpuSeconds() -> Double? {
            var usage = rusage()
            guard getrusage(RUSAGE_SELF, &usage) == 0 else { return nil }
            func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
            return seconds(usage.ru_utime) + seconds(usage.ru_stime)
        }

        @Sendable static func openFileLimit() -> Double? {
            var limit = rlimit()
            guard getrlimit(RLIMIT_NOFILE, &limit) == 0 else { return nil }
            return Double(limit.rlim_cur)
        }
    }
#endif
