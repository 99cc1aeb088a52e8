import Dispatch
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A program that a test has started, as `withChildProcess` lends it.
///
/// Its output is read all the time, so the child never waits for a reader. It runs in a process group of its own, which is
/// ended as a whole with the scope, so nothing that it started stays behind.
public final class ChildProcess: Sendable {
    /// One of the streams that a child writes.
    public enum Stream: Hashable, Sendable {
        /// Descriptor 1.
        case standardOutput
        /// Descriptor 2.
        case standardError
    }

    /// How a child ended.
    public enum Termination: Hashable, Sendable {
        /// It returned, with this status from 0 to 255.
        case exited(Int32)
        /// A signal ended it, such as 9 for `SIGKILL`.
        case signalled(Int32)
    }

    private enum Life {
        case running
        /// The process has ended and keeps its id until it is reaped.
        case ended(Termination)
        case reaped(Termination)
    }

    /// The id of the process, and of its group.
    public let processID: Int32

    private let name: String
    private let standardOutput: OutputCollector
    private let standardError: OutputCollector
    /// Closing it stops the readers of the streams.
    private let readersMayRead: Mutex<OwnedDescriptor?>
    private let life = Mutex(Life.running)
    private let end = OneShot()
    private let ended = DispatchSemaphore(value: 0)

    init(_ command: SpawnedProgram.Command, outputLimit: Int) throws(TestKitError) {
        let program = try SpawnedProgram.start(command)
        self.processID = program.processID
        self.name = command.executable
        self.standardOutput = OutputCollector(reading: program.standardOutput, until: program.stop.reading, limit: outputLimit)
        self.standardError = OutputCollector(reading: program.standardError, until: program.stop.reading, limit: outputLimit)
        self.readersMayRead = Mutex(program.stop.writing)
        WaitingThread.start("child-end") { self.watch() }
    }

    /// How the process ended; nil while it runs.
    public var termination: Termination? {
        self.life.withLock { life in
            switch life {
            case .running: nil
            case .ended(let termination), .reaped(let termination): termination
            }
        }
    }

    /// What the child has written to a stream so far.
    public func output(of stream: Stream = .standardOutput) -> ChildOutput {
        self.collector(of: stream).output
    }

    /// Sends a signal, such as `SIGTERM`, to the process; nothing happens if it has ended.
    public func send(signal: Int32) {
        self.life.withLock { life in
            if case .running = life { kill(self.processID, signal) }
        }
    }

    /// Waits until the process has ended and both streams are read to their ends.
    ///
    /// A process that the child left behind and that still has a stream open is waited for as well.
    ///
    /// - Parameter deadline: How long to wait.
    /// - Throws: ``TestKitError`` with code `timedOut`, whose message holds the end of the output; `CancellationError`.
    @discardableResult
    public func waitForExit(within deadline: Duration = .seconds(30)) async throws -> Termination {
        try await withDeadline(deadline, orElse: { self.describe("did not end within \(deadline)") }) {
            try await self.end.wait()
            try await self.standardOutput.end.wait()
            try await self.standardError.end.wait()
        }
        guard let termination = self.termination else { throw TestKitError(.timedOut, message: self.describe("did not end")) }
        return termination
    }

    /// Waits for a line, which may also have been written before.
    ///
    /// - Parameters:
    ///   - stream: Where to look.
    ///   - deadline: How long to wait.
    ///   - isWanted: Gets each line once, in order and without its end; lines that were dropped for the output limit before
    ///     they were looked at are missing.
    /// - Returns: The first line that is wanted.
    /// - Throws: ``TestKitError`` with code `timedOut`, or `outputEnded` when the stream ends without such a line; the message
    ///   holds the end of the output. `CancellationError`.
    public func waitForLine(
        on stream: Stream = .standardOutput, within deadline: Duration = .seconds(30),
        where isWanted: @escaping @Sendable (String) -> Bool
    ) async throws -> String {
        let collector = self.collector(of: stream)
        return try await withDeadline(deadline, orElse: { self.describe("did not write the line within \(deadline)") }) {
            var reader = LineReader()
            while true {
                let (lines, change) = collector.next(for: &reader)
                if let line = lines.first(where: isWanted) { return line }
                if let change {
                    try await change.wait()
                } else if lines.isEmpty {
                    throw TestKitError(.outputEnded, message: self.describe("ended its output without the line"))
                }
            }
        }
    }

    /// Ends the process group and gives the process id back to the system.
    ///
    /// The process gets `SIGTERM` and, if that is not enough, the whole group `SIGKILL` after `grace`. Not cancellable.
    func finish(grace: Duration) async {
        await withCheckedContinuation { continuation in
            WaitingThread.start("child-finish") {
                self.finishBlocking(grace: grace)
                continuation.resume()
            }
        }
    }

    private func finishBlocking(grace: Duration) {
        self.send(signal: SIGTERM)
        let milliseconds = Int(grace / .milliseconds(1))
        let isEnded = self.ended.wait(timeout: .now() + .milliseconds(milliseconds)) == .success
        // As long as its leader is not reaped, the group's id cannot have been given to anybody else.
        kill(-self.processID, SIGKILL)
        if !isEnded { self.ended.wait() }
        self.life.withLock { life in
            guard case .ended(let termination) = life else { return }
            while waitpid(self.processID, nil, 0) < 0 && errno == EINTR {}
            life = .reaped(termination)
        }
        self.readersMayRead.withLock { $0 = nil }
    }

    /// Blocks until the process has ended, and leaves it unreaped.
    private func watch() {
        var info = siginfo_t()
        while waitid(P_PID, id_t(self.processID), &info, WEXITED | WNOWAIT) < 0 && errno == EINTR {}
        #if os(Linux)
            let status = info._sifields._sigchld.si_status
        #else
            let status = info.si_status
        #endif
        self.life.withLock { $0 = .ended(info.si_code == CLD_EXITED ? .exited(status) : .signalled(status)) }
        self.end.fire()
        self.ended.signal()
    }

    private func collector(of stream: Stream) -> OutputCollector {
        switch stream {
        case .standardOutput: self.standardOutput
        case .standardError: self.standardError
        }
    }

    private func describe(_ event: String) -> String {
        let state = self.termination.map { "\($0)" } ?? "running"
        let output = self.standardOutput.output.text.suffix(2_000)
        let error = self.standardError.output.text.suffix(2_000)
        return "\(self.name) (\(state)) \(event)\n--- standard output\n\(output)\n--- standard error\n\(error)"
    }
}
