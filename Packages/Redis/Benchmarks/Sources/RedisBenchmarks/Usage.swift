#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// How fast commands went, and what they cost their sender.
struct Usage {
    let commandsPerSecond: Double
    /// Microseconds of processor time of the client per command.
    let processorMicroseconds: Double

    /// Processor seconds of this process, or of the children that it has waited for.
    static func processorSeconds(ofChildren: Bool = false) -> Double {
        var usage = rusage()
        #if os(Linux)
            let who = (ofChildren ? RUSAGE_CHILDREN : RUSAGE_SELF).rawValue
        #else
            let who = ofChildren ? RUSAGE_CHILDREN : RUSAGE_SELF
        #endif
        getrusage(who, &usage)
        let seconds = usage.ru_utime.tv_sec + usage.ru_stime.tv_sec
        return Double(seconds) + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6
    }

    /// The median by speed.
    static func median(of rounds: [Usage]) -> Usage {
        rounds.sorted { $0.commandsPerSecond < $1.commandsPerSecond }[rounds.count / 2]
    }

    var cells: String {
        "\(Int(self.commandsPerSecond)) | \(Double(Int(self.processorMicroseconds * 100)) / 100)"
    }
}
