#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif
public import ArgumentParser
public import LogOutput
import Logging
public import Settings

/// How every program begins and fails.
public enum Program {
    /// Reads the settings and makes the loggers write; the first thing that a command does.
    ///
    /// - Parameters:
    ///   - catalogue: All settings of the program.
    ///   - flags: Values from the command line, by the names of their settings.
    ///   - recent: Gets every line of the log, too; nobody if nil.
    /// - Returns: The settings, all of which are valid.
    /// - Throws: `ExitCode` 78 after one line for each bad value on standard error.
    public static func begin(
        _ catalogue: SettingsCatalogue, flags: [String: String?], recent: RecentLines? = nil
    ) throws -> SettingsReader {
        // Whoever reads the log may go away; writing to a closed pipe must not end the program.
        signal(SIGPIPE, SIG_IGN)
        do {
            let settings = try SettingsReader.standard(catalogue: catalogue, flags: flags)
            try settings.validate()
            StandardError.bootstrapLogging(
                level: try settings.value(of: CommonSettings.logLevel),
                format: try settings.value(of: CommonSettings.logFormat),
                recent: recent
            )
            return settings
        } catch {
            throw Self.fail(error.message, code: SettingsError.exitCode)
        }
    }

    /// Says on standard error why the program ends.
    ///
    /// - Parameters:
    ///   - message: One line or several, safe to show.
    ///   - code: The exit status; 1 for a failure, 78 for a setting.
    public static func fail(_ message: String, code: Int32 = 1) -> ExitCode {
        self.remark(message)
        return ExitCode(code)
    }

    /// Says something on standard error, beside what standard output holds.
    public static func remark(_ message: String) {
        StandardError.write(Array((message + "\n").utf8))
    }
}
