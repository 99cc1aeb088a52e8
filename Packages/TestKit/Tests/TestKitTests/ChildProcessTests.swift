import Synchronization
import TestKit
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

@Suite("Child process")
struct ChildProcessTests {
    private func shell(
        _ script: String, environment: [String: String]? = nil, input: [UInt8] = [], limit: Int = 1 << 20,
        in folder: String? = nil
    ) async throws -> ProcessResult {
        try await runProcess(
            "/bin/sh", arguments: ["-c", script], environment: environment, workingDirectory: folder, standardInput: input,
            outputLimit: limit)
    }

    @Test("keeps the two streams apart and tells the status")
    func tellsStatus() async throws {
        let result = try await self.shell("echo out; echo err >&2; exit 3")
        #expect(result.termination == .exited(3))
        #expect(result.standardOutput.text == "out\n")
        #expect(result.standardError.text == "err\n")
        #expect(result.standardOutput.isComplete)
    }

    @Test("passes arguments as they are")
    func passesArguments() async throws {
        let arguments = ["-n", "a b", "", "*", "$HOME", "é\n'\""]
        let result = try await runProcess("printf", arguments: ["[%s]"] + arguments)
        #expect(result.standardOutput.text == arguments.map { "[\($0)]" }.joined())
    }

    @Test("has the environment that it was given and no other")
    func passesEnvironment() async throws {
        let result = try await self.shell(
            "echo \"$COLOUR ${HOME-unset}\"", environment: ["COLOUR": "a = b", "PATH": "/bin:/usr/bin"])
        #expect(result.standardOutput.text == "a = b unset\n")
        let inherited = try await self.shell("test -n \"$PATH\"")
        #expect(inherited.termination == .exited(0))
    }

    @Test("runs in the folder that it was given")
    func changesFolder() async throws {
        try await withTemporaryDirectory { path in
            let result = try await self.shell("touch made; exit 4", in: path)
            #expect(result.termination == .exited(4))
            #expect(access("\(path)/made", F_OK) == 0)
        }
    }

    @Test("reads standard input to its end, whatever its size", arguments: [0, 1, 1_000_000])
    func readsInput(_ count: Int) async throws {
        let input = [UInt8](repeating: UInt8(ascii: "x"), count: count)
        let result = try await runProcess("wc", arguments: ["-c"], standardInput: input)
        #expect(result.standardOutput.text.filter(\.isNumber) == "\(count)")
    }

    @Test("does not wait when both streams fill up")
    func drainsBothStreams() async throws {
        let result = try await self.shell("head -c 3000000 /dev/zero; head -c 3000000 /dev/zero >&2", limit: 4_000_000)
        #expect(result.termination == .exited(0))
        #expect(result.standardOutput.bytes.count == 3_000_000)
        #expect(result.standardError.bytes.count == 3_000_000)
        #expect(result.standardError.droppedBytes == 0)
    }

    @Test("keeps the newest output within its limit")
    func boundsOutput() async throws {
        let result = try await self.shell("head -c 1000000 /dev/zero; echo; echo last", limit: 1_000)
        #expect(result.standardOutput.bytes.count == 1_000)
        #expect(result.standardOutput.droppedBytes == 999_006)
        #expect(result.standardOutput.lines.last == "last")
    }

    @Test("cannot be started when there is no such program")
    func refusesMissingProgram() async {
        await #expect(throws: TestKitError(.systemCall, message: "")) { try await runProcess("/nonexistent/program") }
    }

    @Test("finds lines that were written before and lines that come later")
    func findsLines() async throws {
        // The shell waits for the signal, so the second line comes after the first was found.
        let script = "trap 'echo second; exit 5' TERM; echo first; echo 'one\r' >&2; while :; do sleep 0.05; done"
        try await withChildProcess("/bin/sh", arguments: ["-c", script]) { child in
            let first = try await child.waitForLine { $0.hasPrefix("fir") }
            #expect(first == "first")
            let one = try await child.waitForLine(on: .standardError) { _ in true }
            #expect(one == "one")
            #expect(child.termination == nil)
            child.send(signal: SIGTERM)
            _ = try await child.waitForLine { $0 == "second" }
            _ = try await child.waitForLine { $0 == "first" }
            let termination = try await child.waitForExit()
            #expect(termination == .exited(5))
        }
    }

    @Test("finds a last line without an end, and each line once")
    func findsUnfinishedLine() async throws {
        let seen = Mutex<[String]>([])
        try await withChildProcess("printf", arguments: ["a\\n\\nb\\nlast"]) { child in
            let line = try await child.waitForLine { line in
                seen.withLock { $0.append(line) }
                return line == "last"
            }
            #expect(line == "last")
        }
        #expect(seen.withLock { $0 } == ["a", "", "b", "last"])
    }

    @Test("says so when its output ends without the line")
    func reportsEndOfOutput() async throws {
        try await withChildProcess("/bin/sh", arguments: ["-c", "echo nothing; echo why >&2; exit 1"]) { child in
            let error = await #expect(throws: TestKitError.self) { try await child.waitForLine { $0 == "ready" } }
            #expect(error?.code == .outputEnded)
            try await child.waitForExit()
            let late = await #expect(throws: TestKitError.self) { try await child.waitForLine { $0 == "ready" } }
            #expect(late?.message.contains("nothing") == true)
            #expect(late?.message.contains("why") == true)
            #expect(late?.message.contains("exited(1)") == true)
        }
    }

    @Test("is not waited for beyond the deadline")
    func keepsDeadlines() async throws {
        try await withChildProcess("sleep", arguments: ["1000"]) { child in
            await #expect(throws: TestKitError(.timedOut, message: "")) { try await child.waitForExit(within: .milliseconds(1)) }
            await #expect(throws: TestKitError(.timedOut, message: "")) {
                try await child.waitForLine(within: .milliseconds(1)) { _ in true }
            }
        }
    }

    @Test("is ended and reaped with the scope, even if it ignores SIGTERM")
    func endsWithScope() async throws {
        let processID = try await withChildProcess(
            "/bin/sh", arguments: ["-c", "trap '' TERM; echo ready; while :; do sleep 0.05; done"], grace: .milliseconds(20)
        ) { child in
            _ = try await child.waitForLine { $0 == "ready" }
            return child.processID
        }
        #expect(kill(processID, 0) == -1)
        #expect(errno == ESRCH)
    }

    @Test("takes what it started with it")
    func endsItsGroup() async throws {
        let grandchild = try await withChildProcess("/bin/sh", arguments: ["-c", "sleep 1000 & echo $!; wait"]) { child in
            try await child.waitForLine { Int32($0) != nil }
        }
        let processID = try #require(Int32(grandchild))
        // It is a zombie until init reaps it, so ask for its state rather than for its existence.
        let state = try await runProcess("ps", arguments: ["-o", "stat=", "-p", "\(processID)"]).standardOutput.text
        #expect(state.isEmpty || state.hasPrefix("Z"))
    }

    @Test("ends when the body throws")
    func endsWhenBodyThrows() async {
        struct Failure: Error {}
        let processID = Mutex<Int32>(0)
        await #expect(throws: Failure.self) {
            try await withChildProcess("sleep", arguments: ["1000"]) { child in
                processID.withLock { $0 = child.processID }
                throw Failure()
            }
        }
        #expect(kill(processID.withLock { $0 }, 0) == -1)
    }

    @Test("ends when the task is cancelled")
    func endsWhenCancelled() async {
        let started = AsyncStream<Int32>.makeStream()
        let task = Task {
            try await withChildProcess("sleep", arguments: ["1000"]) { child in
                started.continuation.yield(child.processID)
                try await child.waitForExit(within: .seconds(1000))
            }
        }
        var iterator = started.stream.makeAsyncIterator()
        let processID = await iterator.next() ?? 0
        task.cancel()
        await #expect(throws: CancellationError.self) { _ = try await task.value }
        #expect(processID > 0)
        #expect(kill(processID, 0) == -1)
    }

    @Test("tells which signal ended it")
    func tellsSignal() async throws {
        try await withChildProcess("sleep", arguments: ["1000"]) { child in
            child.send(signal: SIGKILL)
            let termination = try await child.waitForExit()
            #expect(termination == .signalled(SIGKILL))
            child.send(signal: SIGTERM)
            #expect(child.termination == .signalled(SIGKILL))
        }
    }

    #if os(Linux)
        @Test("inherits no pipe of the children that run beside it")
        func inheritsNoPipe() async throws {
            func countPipes() async throws -> Int {
                let list = try await runProcess("ls", arguments: ["-l", "/proc/self/fd"])
                return list.standardOutput.lines.count { $0.contains("pipe:") }
            }
            let before = try await countPipes()
            let between = try await withChildProcess("sleep", arguments: ["1000"]) { _ in
                try await withChildProcess("sleep", arguments: ["1000"]) { _ in try await countPipes() }
            }
            #expect(before >= 2)
            #expect(between == before)
        }
    #endif

    @Test("ends in time among many others")
    func endsAmongOthers() async throws {
        try await withThrowingTaskGroup(of: ChildProcess.Termination.self) { group in
            for _ in 0..<TestRun.count(10, long: 500) {
                group.addTask { try await self.shell("exit 7").termination }
            }
            for try await termination in group { #expect(termination == .exited(7)) }
        }
    }
}
