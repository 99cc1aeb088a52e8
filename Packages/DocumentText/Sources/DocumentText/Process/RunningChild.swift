import CConfinement

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// One child from its start to its end, watched by the thread that started it.
struct RunningChild {
    private enum End {
        /// The child closed its output.
        case closed
        case late
        case stopped
        case improper(String)
    }

    /// What is kept of the child's standard error.
    private static let complaintBytes = 4_096

    private let processID: pid_t
    private let output: Descriptor
    private let complaints: Descriptor
    private let configuration: DocumentProcessConfiguration

    /// Starts a child, waits for its answer, kills and reaps it and all that it started.
    ///
    /// - Parameters:
    ///   - path: The document.
    ///   - claim: What it is said to be.
    ///   - configuration: The command and the limits.
    ///   - stop: Becomes readable when nobody waits for the answer any more.
    static func read(
        path: String, claim: DocumentFormat?, _ configuration: DocumentProcessConfiguration, stop: Descriptor
    ) -> Result<ExtractedDocument, any Error> {
        do {
            let deadline = ContinuousClock.now + configuration.deadline
            let child = try Self.start(path: path, claim: claim, configuration)
            return try child.answer(until: deadline, stop: stop)
        } catch {
            return .failure(error)
        }
    }

    private static func start(
        path: String, claim: DocumentFormat?, _ configuration: DocumentProcessConfiguration
    ) throws(DocumentTextError) -> RunningChild {
        guard !path.utf8.contains(0) else { throw DocumentTextError(.unavailable, message: "The document cannot be opened") }
        // What is no regular file must not make the open wait.
        let number = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard number >= 0 else { throw .system(.unavailable, "The document cannot be opened", "open") }
        let document = try Descriptor(owning: number, "open")
        _ = try DocumentFile(descriptor: document.number, limit: configuration.limits.documentBytes)
        let output = try Pipe()
        let complaints = try Pipe()
        let words = [configuration.executable] + configuration.arguments + [claim?.rawValue ?? ExtractionChild.noClaim]
        let processID = try Self.spawn(
            words, searchPath: configuration.searchPath,
            descriptors: [document.number, output.writing.number, complaints.writing.number])
        output.writing.close()
        complaints.writing.close()
        return RunningChild(
            processID: processID, output: output.reading, complaints: complaints.reading, configuration: configuration)
    }

    private static func spawn(
        _ words: [String], searchPath: String, descriptors: [Int32]
    ) throws(DocumentTextError) -> pid_t {
        #if canImport(Darwin)
            var actions: posix_spawn_file_actions_t?
            var attributes: posix_spawnattr_t?
        #else
            var actions = posix_spawn_file_actions_t()
            var attributes = posix_spawnattr_t()
        #endif
        guard posix_spawn_file_actions_init(&actions) == 0, posix_spawnattr_init(&attributes) == 0 else {
            throw .system(.unavailable, "The document cannot be read now", "posix_spawn", number: ENOMEM)
        }
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        for (target, number) in descriptors.enumerated() {
            posix_spawn_file_actions_adddup2(&actions, number, Int32(target))
        }
        _ = confinement_spawn_close_from(&actions, 3)
        // A server ignores or blocks signals that the child has to obey.
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        var usual = sigset_t()
        sigemptyset(&usual)
        for signal in [SIGHUP, SIGINT, SIGQUIT, SIGPIPE, SIGTERM, SIGALRM, SIGXCPU, SIGXFSZ] { sigaddset(&usual, signal) }
        posix_spawnattr_setsigdefault(&attributes, &usual)
        var flags = Int32(POSIX_SPAWN_SETPGROUP) | Int32(POSIX_SPAWN_SETSIGMASK) | Int32(POSIX_SPAWN_SETSIGDEF)
        #if canImport(Darwin)
            flags |= Int32(POSIX_SPAWN_CLOEXEC_DEFAULT)
        #endif
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(&attributes, Int16(truncatingIfNeeded: flags))
        let arguments = words.map { strdup($0) } + [nil]
        // The report that the runtime writes of a crash has parts of the memory, so of the document.
        let variables = ["PATH=\(searchPath)", "LANG=C.UTF-8", "SWIFT_BACKTRACE=enable=no"]
        let environment = variables.map { strdup($0) } + [nil]
        defer { for text in arguments + environment { free(text) } }
        var processID: pid_t = 0
        let result = posix_spawn(&processID, words[0], &actions, &attributes, arguments, environment)
        guard result == 0 else { throw .system(.unavailable, "The document cannot be read now", "posix_spawn", number: result) }
        return processID
    }

    private func answer(
        until deadline: ContinuousClock.Instant, stop: Descriptor
    ) throws -> Result<ExtractedDocument, any Error> {
        var parser = ResultFrameParser(limits: self.configuration.limits)
        var complaint: [UInt8] = []
        let end = self.watch(until: deadline, stop: stop, parser: &parser, complaint: &complaint)
        let status = self.end()
        let detail = "\(status): \(String(decoding: complaint, as: UTF8.self))"
        switch (end, parser.result) {
        case (.stopped, _):
            return .failure(CancellationError())
        case (.late, _):
            throw DocumentTextError(
                .timedOut, message: "The document takes longer than \(self.configuration.deadline) to read", detail: detail)
        case (.improper(let reason), _):
            throw DocumentTextError(.crashed, message: "The document cannot be read: its reader failed on it", detail: reason)
        case (.closed, let result?):
            return result.mapError { $0 }
        case (.closed, nil):
            if status == .signalled(SIGXCPU) || status == .signalled(SIGALRM) {
                throw DocumentTextError(.timedOut, message: "The document takes too long to read", detail: detail)
            }
            throw DocumentTextError(.crashed, message: "The document cannot be read: its reader failed on it", detail: detail)
        }
    }

    private func watch(
        until deadline: ContinuousClock.Instant, stop: Descriptor, parser: inout ResultFrameParser, complaint: inout [UInt8]
    ) -> End {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        var waiting = [self.output.number, self.complaints.number, stop.number].map {
            pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
        }
        while true {
            let left = ContinuousClock.now.duration(to: deadline)
            guard left > .zero else { return .late }
            // Rounded up, and no longer than an hour: then this asks again.
            let milliseconds = Int32(min(left, .seconds(3_600)) / .milliseconds(1)) + 1
            guard poll(&waiting, nfds_t(waiting.count), milliseconds) >= 0 || errno == EINTR else {
                return .improper("poll: \(String(cString: strerror(errno)))")
            }
            if waiting[2].revents != 0 { return .stopped }
            for index in 0..<2 where waiting[index].fd >= 0 && waiting[index].revents != 0 {
                waiting[index].revents = 0
                let count = buffer.withUnsafeMutableBytes { readBytes(waiting[index].fd, into: $0) }
                if count > 0, index == 0 {
                    do throws(ResultFrameParser.Fault) {
                        try parser.append(buffer[..<count])
                    } catch {
                        return .improper(error.reason)
                    }
                } else if count > 0 {
                    complaint += buffer[..<count].prefix(Self.complaintBytes - complaint.count)
                } else if count == 0 || errno != EINTR {
                    if index == 0 { return .closed }
                    waiting[index].fd = -1
                }
            }
        }
    }

    /// Kills what still lives of the child's group, and reaps the child.
    ///
    /// A signal that has ended it before is not overwritten by this one.
    private func end() -> ChildStatus {
        // As long as its leader is not reaped, the group's id cannot have been given to anybody else.
        kill(-self.processID, SIGKILL)
        var status: Int32 = 0
        while waitpid(self.processID, &status, 0) < 0, errno == EINTR {}
        return ChildStatus(waitStatus: status)
    }
}
