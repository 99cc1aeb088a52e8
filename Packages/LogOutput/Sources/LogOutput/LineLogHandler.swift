public import Logging

/// Writes log events as lines, in text or JSON.
///
/// Nothing that a client sent can forge or break a line: control characters, line separators and the characters that
/// turn the direction of writing are written as escapes in both formats. One event is one write, so lines of several
/// threads never mix.
public struct LineLogHandler: LogHandler {
    /// The least level that is written.
    public var logLevel: Logger.Level
    /// What every line of this logger carries.
    public var metadata: Logger.Metadata = [:]
    /// What the task adds to every line, if anything does.
    public var metadataProvider: Logger.MetadataProvider?
    private let label: String
    private let format: LogFormat
    private let write: @Sendable ([UInt8]) -> Void

    /// Creates a handler.
    ///
    /// - Parameters:
    ///   - label: The name of the logger.
    ///   - level: The least level that is written.
    ///   - format: How a line looks.
    ///   - write: Takes one line with its line feed; called on the thread that logs.
    public init(label: String, level: Logger.Level, format: LogFormat, write: @escaping @Sendable ([UInt8]) -> Void) {
        self.label = label
        self.logLevel = level
        self.format = format
        self.write = write
    }

    /// One value of ``metadata``.
    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { self.metadata[key] }
        set { self.metadata[key] = newValue }
    }

    /// Writes one line; of two values with one key, the event's own wins over the provider's, and that over the logger's.
    public func log(event: LogEvent) {
        var merged = self.metadata
        if let provided = self.metadataProvider?.get() { merged.merge(provided) { _, new in new } }
        if let own = event.metadata { merged.merge(own) { _, new in new } }
        if let error = event.error { merged["error"] = .string(String(describing: error)) }
        let pairs = merged.sorted { $0.key < $1.key }

        var line = LogLine()
        switch self.format {
        case .text:
            line.appendTimestamp(.now)
            line.append(" \(event.level.rawValue) ")
            line.appendText(self.label)
            line.append(": ")
            line.appendText(event.message.description)
            for (key, value) in pairs {
                line.append(" ")
                line.appendText(key)
                line.append("=")
                line.appendTextValue(value.description)
            }
        case .json:
            line.append("{\"time\":\"")
            line.appendTimestamp(.now)
            line.append("\",\"level\":\"\(event.level.rawValue)\",\"logger\":")
            line.appendQuoted(self.label)
            line.append(",\"message\":")
            line.appendQuoted(event.message.description)
            for (key, value) in pairs where !Self.ownKeys.contains(key) {
                line.append(",")
                line.appendQuoted(key)
                line.append(":")
                line.appendQuoted(value.description)
            }
            line.append("}")
        }
        line.append("\n")
        self.write(line.bytes)
    }

    /// Members that metadata cannot replace.
    private static let ownKeys: Set<String> = ["time", "level", "logger", "message"]
}
