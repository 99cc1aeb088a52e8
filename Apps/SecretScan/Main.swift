import ArgumentParser
import SecretScanTool

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The program `secret-scan`.
@main
enum Main {
    /// Nothing was found.
    static let clean: Int32 = 0
    /// Something was found.
    static let found: Int32 = 1
    /// Something went wrong, or could not be scanned.
    static let failed: Int32 = 2
    /// Ctrl-C, as shells count it.
    static let interrupted: Int32 = 128 + SIGINT

    static func main() async {
        // Whoever reads the report may go away; writing tells so, and no signal ends the program.
        signal(SIGPIPE, SIG_IGN)
        do {
            try SecretScanCommand.refuseBundles(in: RawArguments.texts)
            let command = try SecretScanCommand.parse(RawArguments.texts)
            try command.requireInput()
            let status = try await command.run()
            exit(status)
        } catch let error as ScanToolError {
            exit(Self.fail("secret-scan: \(error.message)"))
        } catch {
            let text = SecretScanCommand.fullMessage(for: error)
            // Help and version are asked for and no failure.
            if SecretScanCommand.exitCode(for: error) == .success {
                exit(ToolFiles.write(Array((text + "\n").utf8), toDescriptor: 1) ? Self.clean : Self.failUnwritten())
            }
            exit(Self.fail(text))
        }
    }

    /// Says on standard error why the program ends.
    static func fail(_ message: String) -> Int32 {
        Self.say(message)
        return Self.failed
    }

    /// Says that standard output has not taken everything, because it is full or closed.
    static func failUnwritten() -> Int32 {
        Self.fail("secret-scan: standard output cannot be written; it is full or closed")
    }

    /// Writes a line to standard error; one that nobody reads any more is no failure.
    static func say(_ line: String) {
        _ = ToolFiles.write(Array((line + "\n").utf8), toDescriptor: 2)
    }
}
