public import SecretScanning
public import StrictJSON

/// Returns the newest lines of the log, with what may be a secret replaced.
public struct LogCollectorTool: BuiltInTool {
    /// `log_collector`
    public let name = "log_collector"
    /// What it does.
    public let summary = "Collects the newest lines of the server's log, with secrets replaced"

    /// Most lines that are returned.
    public static let maximumLines = 500
    private static let usualLines = 100
    private static let maximumBytes = 256 << 10

    private let newest: @Sendable (Int) -> [String]
    private let scanner: Scanner

    /// Creates the tool.
    ///
    /// - Parameters:
    ///   - scanner: Finds what may be a secret.
    ///   - newest: The newest lines, at most as many as asked for, the oldest of them first.
    public init(scanner: Scanner, newest: @escaping @Sendable (Int) -> [String]) {
        self.scanner = scanner
        self.newest = newest
    }

    /// Returns lines: `{"lines": ["…"], "count": 1, "omitted": 0}`.
    ///
    /// The argument `lines` says how many, 1 to 500; default 100. Lines that cannot be looked through whole, and the older ones beyond
    /// 256 KiB, are left out and counted.
    public func run(_ arguments: JSONObject) async throws(BuiltInFailure) -> JSONObject {
        let wanted: Int
        switch arguments["lines"] {
        case nil, .null?: wanted = Self.usualLines
        case let value?:
            guard let number = value.intValue, (1...Self.maximumLines).contains(number) else {
                throw BuiltInFailure("lines must be a number from 1 to \(Self.maximumLines)", isInvalidCall: true)
            }
            wanted = number
        }
        let found = self.newest(wanted).suffix(wanted)
        var kept: [JSONValue] = []
        var bytes = 0
        for line in found.reversed() {
            if Task.isCancelled { throw BuiltInFailure("the call was given up") }
            let redaction = self.scanner.redact(Array(line.utf8))
            guard redaction.isComplete else { continue }
            bytes += redaction.bytes.count
            guard bytes <= Self.maximumBytes else { break }
            kept.append(.string(String(decoding: redaction.bytes, as: UTF8.self)))
        }
        return [
            "lines": .array(kept.reversed()), "count": .integer(kept.count), "omitted": .integer(found.count - kept.count),
        ]
    }
}
