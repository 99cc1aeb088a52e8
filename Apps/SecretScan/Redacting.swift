import SecretScanTool
import SecretScanning

/// Standard input without its secrets.
enum Redacting {
    private static let maximumInput = 64 << 20

    static func run(_ command: SecretScanCommand) throws -> Int32 {
        let scanner = try Scanning.scanner(command)
        guard let bytes = try ToolFiles.readStandardInput(limit: Self.maximumInput) else {
            throw ScanToolError(.unusableFile, message: "standard input is larger than \(Self.maximumInput) bytes")
        }
        let redaction = scanner.redact(bytes, minimumConfidence: command.minimumConfidence)
        guard redaction.isComplete else {
            throw ScanToolError(.unusableFile, message: "standard input could not be scanned completely; nothing was written")
        }
        if let path = command.output {
            try ToolFiles.write(redaction.bytes, to: RawArguments.bytes(path))
        } else if !ToolFiles.write(redaction.bytes, toDescriptor: 1) {
            return Main.failUnwritten()
        }
        if !command.quiet { Main.say("secret-scan: \(redaction.findings.count) secrets replaced") }
        return redaction.findings.isEmpty ? Main.clean : Main.found
    }
}
