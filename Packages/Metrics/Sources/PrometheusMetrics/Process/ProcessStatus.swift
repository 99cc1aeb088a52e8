/// What the Linux kernel says about a process in `/proc/PID/stat` and its neighbours.
///
/// Source: proc_pid_stat(5) and proc_pid_limits(5), Linux man-pages.
package struct ProcessStatus {
    /// Time spent in user and kernel mode, in clock ticks.
    package let cpuTicks: UInt64
    /// When the process began, in clock ticks after the machine's start.
    package let startTicks: UInt64
    /// Size of the address space.
    package let virtualBytes: UInt64
    /// Pages held in memory.
    package let residentPages: UInt64

    /// Reads the one line of `/proc/PID/stat`: `77 (api-server) S 1 77 …`.
    ///
    /// The program's name may hold blanks and parentheses, so fields are counted from the last `)`.
    package init?(stat: String) {
        guard let nameEnd = stat.lastIndex(of: ")") else { return nil }
        let fields = stat[nameEnd...].dropFirst().split { $0 == " " || $0 == "\n" }
        /// Fields by their number in the manual, where the state after the name is field 3.
        func field(_ number: Int) -> UInt64? {
            fields.indices.contains(number - 3) ? UInt64(fields[number - 3]) : nil
        }
        guard let user = field(14), let system = field(15), let start = field(22), let size = field(23), let pages = field(24)
        else { return nil }
        self.cpuTicks = user.addingReportingOverflow(system).partialValue
        self.startTicks = start
        self.virtualBytes = size
        self.residentPages = pages
    }

    /// The second since 1970 at which the machine started, from the line `btime 1700000000` of `/proc/stat`.
    package static func bootTime(inStat text: String) -> UInt64? {
        for line in text.split(separator: "\n") where line.hasPrefix("btime ") {
            return UInt64(line.dropFirst("btime ".count))
        }
        return nil
    }

    /// The soft limit in the line `Max open files  1024  4096  files` of `/proc/PID/limits`; infinite for `unlimited`.
    package static func openFileLimit(inLimits text: String) -> Double? {
        for line in text.split(separator: "\n") where line.hasPrefix("Max open files") {
            guard let soft = line.dropFirst("Max open files".count).split(separator: " ").first else { return nil }
            return soft == "unlimited" ? .infinity : Double(soft)
        }
        return nil
    }
}
