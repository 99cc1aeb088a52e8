public import SecretScanning
internal import StrictJSON

/// Patterns of one's own in a file:
///
/// ```json
/// {"patterns":[
///   {"id":"acme-ticket","type":"Acme Ticket","pattern":"ACME-[0-9a-f]{32}",
///    "severity":"high","confidence":"high","window":256}
/// ]}
/// ```
///
/// `severity` (`low`, `medium`, `high`, `critical`; default high), `confidence` (`low`, `medium`, `high`; default high) and
/// `window` (bytes before and behind the literal, 1 to 1 024; default 256) may be left out. If the pattern has groups, the
/// first is the secret.
public enum PatternFile {
    /// The most patterns of a file.
    public static let maximumCount = 500

    private static let members: Set<String> = ["id", "type", "pattern", "severity", "confidence", "window"]

    /// Reads and checks the patterns of a file.
    ///
    /// - Parameters:
    ///   - bytes: The file.
    ///   - taken: Ids that exist already.
    /// - Throws: ``ScanToolError`` with code `invalidPatterns`, and the position, the member and the rule in its message.
    public static func patterns(in bytes: [UInt8], taken: Set<String> = []) throws(ScanToolError) -> [OwnPattern] {
        let root: JSONValue
        do {
            root = try JSONValue(parsing: bytes)
        } catch {
            throw ScanToolError(.invalidPatterns, message: "the file of patterns is no JSON: \(error)", cause: error)
        }
        guard let list = root["patterns"]?.arrayValue, root.objectValue?.count == 1 else {
            throw ScanToolError(.invalidPatterns, message: "the file of patterns must be {\"patterns\":[…]} and nothing else")
        }
        guard list.count <= Self.maximumCount else {
            throw ScanToolError(
                .invalidPatterns, message: "there are \(list.count) patterns; at most \(Self.maximumCount) are allowed")
        }
        var taken = taken
        var patterns: [OwnPattern] = []
        for (index, item) in list.enumerated() {
            let pattern = try Self.pattern(item, number: index + 1)
            guard taken.insert(pattern.id).inserted else {
                throw ScanToolError(.invalidPatterns, message: "pattern \(index + 1): id: another rule is called \(pattern.id)")
            }
            patterns.append(pattern)
        }
        return patterns
    }

    private static func pattern(_ item: JSONValue, number: Int) throws(ScanToolError) -> OwnPattern {
        func failure(_ text: String) -> ScanToolError {
            ScanToolError(.invalidPatterns, message: "pattern \(number): \(text)")
        }
        func text(_ name: String) throws(ScanToolError) -> String? {
            guard let value = item[name] else { return nil }
            guard let text = value.stringValue else { throw failure("\(name): must be a string") }
            return text
        }
        guard let object = item.objectValue else { throw failure("must be an object") }
        for (name, _) in object where !Self.members.contains(name) {
            throw failure("\(PathText.escaped(Array(name.utf8).prefix(64).map { $0 })): is not known")
        }
        guard let id = try text("id"), let type = try text("type"), let pattern = try text("pattern") else {
            throw failure("id, type and pattern are required")
        }
        guard (1...100).contains(id.utf8.count),
            id.utf8.allSatisfy({ (97...122).contains($0) || (48...57).contains($0) || $0 == 45 })
        else { throw failure("id: must be 1 to 100 of a-z, 0-9 and -") }
        guard let severity = Self.severities[try text("severity") ?? "high"] else {
            throw failure("severity: must be low, medium, high or critical")
        }
        guard let confidence = Self.confidences[try text("confidence") ?? "high"] else {
            throw failure("confidence: must be low, medium or high")
        }
        guard !GroupCalls.stand(in: pattern) else {
            throw failure("pattern: calls a group, as (?R), (?1) and \\g<1> do; nothing bounds how often")
        }
        let window = item["window"]
        guard window == nil || window?.intValue != nil else { throw failure("window: must be a whole number") }
        do {
            return try OwnPattern(
                id: id, type: type, pattern: pattern, severity: severity, confidence: confidence,
                window: window?.intValue ?? 256)
        } catch {
            throw failure("\(error)")
        }
    }

    private static let severities: [String: Severity] = ["low": .low, "medium": .medium, "high": .high, "critical": .critical]
    private static let confidences: [String: Confidence] = ["low": .low, "medium": .medium, "high": .high]
}
