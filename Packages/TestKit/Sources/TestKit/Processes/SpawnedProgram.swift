import Synchronization

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A program that was just started, in a process group of its own.
struct SpawnedProgram {
    /// What to start and with what.
    struct Command: Sendable {
        var executable: String
        var arguments: [String]
        var environment: [String: String]?
        var workingDirectory: String?
        var standardInput: [UInt8]
        /// Whether standard input is, instead of a file, a pipe that ends with this process or sooner.
        var isInputKeptOpen = false

        /// The program and its arguments; changing the folder takes a shell, as not every system lets `posix_spawn` do it.
        var words: [String] {
            let words = [self.executable] + self.arguments
            guard let folder = self.workingDirectory else { return words }
            return ["/bin/sh", "-c", "cd -- \"$0\" && exec \"$@\"", folder] + words
        }
    }

    let processID: pid_t
    /// The pipe, where the input is kept open; with a reader here as well, writing to it works also when the child has ended.
    let standardInput: (reading: OwnedDescriptor, writing: OwnedDescriptor)?
    let standardOutput: OwnedDescriptor
    let standardError: OwnedDescriptor
    /// A pipe that nobody writes to: closing one end tells the readers of the streams at the other to stop.
    let stop: (reading: OwnedDescriptor, writing: OwnedDescriptor)

    /// Held from the making of the pipes until the child has its ends, so that no other child of ours inherits them.
    private static let starting = Mutex(())

    static func start(_ command: Command) throws(TestKitError) -> SpawnedProgram {
        let file = command.isInputKeptOpen ? nil : try Self.inputFile(holding: command.standardInput)
        return try Self.starting.withLock { (_) throws(TestKitError) in
            let inputPipe = file == nil ? try OwnedDescriptor.pipe() : nil
            guard let input = file ?? inputPipe?.reading else { throw TestKitError(.systemCall, message: "no standard input") }
            let output = try OwnedDescriptor.pipe()
            let error = try OwnedDescriptor.pipe()
            let stop = try OwnedDescriptor.pipe()
            let processID = try Self.spawn(command, descriptors: [input.number, output.writing.number, error.writing.number])
            return SpawnedProgram(
                processID: processID, standardInput: inputPipe, standardOutput: output.reading, standardError: error.reading,
                stop: stop)
        }
    }

    /// Standard input comes from a nameless file: the child can read it at its own pace, and nobody has to feed it.
    private static func inputFile(holding bytes: [UInt8]) throws(TestKitError) -> OwnedDescriptor {
        var template = Array("/tmp/testkit-input.XXXXXX".utf8CString)
        let number = mkstemp(&template)
        guard number >= 0 else { throw .system("mkstemp") }
        let file = OwnedDescriptor(owning: number)
        unlink(template)
        var count = 0
        while count < bytes.count {
            let done = bytes.withUnsafeBytes {
                pwrite(number, $0.baseAddress?.advanced(by: count), bytes.count - count, off_t(count))
            }
            guard done > 0 || errno == EINTR else { throw .system("write of standard input") }
            count += max(0, done)
        }
        return file
    }

    private static func spawn(_ command: Command, descriptors: [Int32]) throws(TestKitError) -> pid_t {
        #if canImport(Darwin)
            var actions: posix_spawn_file_actions_t?
            var attributes: posix_spawnattr_t?
        #else
            var actions = posix_spawn_file_actions_t()
            var attributes = posix_spawnattr_t()
        #endif
        guard posix_spawn_file_actions_init(&actions) == 0 else { throw .system("posix_spawn_file_actions_init") }
        defer { posix_spawn_file_actions_destroy(&actions) }
        guard posix_spawnattr_init(&attributes) == 0 else { throw .system("posix_spawnattr_init") }
        defer { posix_spawnattr_destroy(&attributes) }
        for (target, number) in descriptors.enumerated() {
            posix_spawn_file_actions_adddup2(&actions, number, Int32(target))
        }

        // What a test framework does to signals is no business of the child.
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        var usual = sigset_t()
        sigemptyset(&usual)
        for signal in [SIGHUP, SIGINT, SIGQUIT, SIGPIPE, SIGTERM] { sigaddset(&usual, signal) }
        posix_spawnattr_setsigdefault(&attributes, &usual)
        var flags = Int32(POSIX_SPAWN_SETPGROUP) | Int32(POSIX_SPAWN_SETSIGMASK) | Int32(POSIX_SPAWN_SETSIGDEF)
        #if canImport(Darwin)
            flags |= Int32(POSIX_SPAWN_CLOEXEC_DEFAULT)
        #endif
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(&attributes, Int16(truncatingIfNeeded: flags))

        let environment = command.environment ?? ProcessInfo.processInfo.environment
        let arguments = Self.cStrings(command.words)
        let variables = Self.cStrings(environment.map { "\($0.key)=\($0.value)" })
        defer { for string in arguments + variables { free(string) } }
        var processID: pid_t = 0
        let result = posix_spawnp(&processID, command.words[0], &actions, &attributes, arguments, variables)
        guard result == 0 else { throw .system("start of \(command.executable)", number: result) }
        return processID
    }

    private static func cStrings(_ texts: [String]) -> [UnsafeMutablePointer<CChar>?] {
        texts.map { strdup($0) } + [nil]
    }
}
