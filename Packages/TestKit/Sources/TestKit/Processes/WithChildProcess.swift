/// Starts a program, lends it, and ends it when the scope is left on any path.
///
/// ```swift
/// try await withChildProcess("redis-server", arguments: ["--port", "\(port)"]) { server in
///     _ = try await server.waitForLine { $0.contains("Ready to accept connections") }
///     …
/// }
/// ```
///
/// - Parameters:
///   - executable: A path, or a name that is looked up in the `PATH` of the test.
///   - arguments: The arguments behind the name.
///   - environment: All variables of the child; those of the test if nil.
///   - workingDirectory: Where the child runs; where the test runs if nil. With a folder, an executable that cannot be started
///     shows as exit status 126 or 127.
///   - standardInput: What the child can read, from a file of its own.
///   - outputLimit: Bytes that are kept of each stream, the newest ones; up to twice as many while the stream is open.
///   - grace: How long the child may take to end after `SIGTERM` when the scope is left, before its process group is killed.
///   - body: Uses the child.
/// - Throws: ``TestKitError`` with code `systemCall` when the program cannot be started, and what `body` throws.
public func withChildProcess<Value>(
    _ executable: String, arguments: [String] = [], environment: [String: String]? = nil, workingDirectory: String? = nil,
    standardInput: [UInt8] = [], outputLimit: Int = 1 << 20, grace: Duration = .seconds(5),
    _ body: (ChildProcess) async throws -> Value
) async throws -> Value {
    let command = SpawnedProgram.Command(
        executable: executable, arguments: arguments, environment: environment, workingDirectory: workingDirectory,
        standardInput: standardInput)
    let child = try ChildProcess(command, outputLimit: outputLimit)
    let value: Value
    do {
        value = try await body(child)
    } catch {
        await child.finish(grace: grace)
        throw error
    }
    await child.finish(grace: grace)
    return value
}

/// What a program that ran to its end has left.
public struct ProcessResult: Sendable {
    /// How it ended.
    public let termination: ChildProcess.Termination
    /// What it wrote to standard output.
    public let standardOutput: ChildOutput
    /// What it wrote to standard error.
    public let standardError: ChildOutput
}

/// Runs a program to its end; the parameters are those of
/// ``withChildProcess(_:arguments:environment:workingDirectory:standardInput:outputLimit:grace:_:)``.
///
/// - Throws: ``TestKitError`` with code `systemCall` when the program cannot be started, `timedOut` when it takes longer than
///   `deadline`; it is then killed.
public func runProcess(
    _ executable: String, arguments: [String] = [], environment: [String: String]? = nil, workingDirectory: String? = nil,
    standardInput: [UInt8] = [], outputLimit: Int = 1 << 20, within deadline: Duration = .seconds(60)
) async throws -> ProcessResult {
    try await withChildProcess(
        executable, arguments: arguments, environment: environment, workingDirectory: workingDirectory,
        standardInput: standardInput, outputLimit: outputLimit, grace: .zero
    ) { child in
        let termination = try await child.waitForExit(within: deadline)
        return ProcessResult(
            termination: termination, standardOutput: child.output(of: .standardOutput),
            standardError: child.output(of: .standardError))
    }
}
