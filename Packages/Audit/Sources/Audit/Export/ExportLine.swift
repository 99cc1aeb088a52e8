import Cryptography
import Persistence
import StrictJSON

extension KeyPurpose {
    /// Trailers of exports.
    static let auditExport = KeyPurpose("audit-export")
}

/// A line of an export.
enum ExportLine {
    /// Where a section starts, and whether the server says so.
    case start(JournalHead, isAttested: Bool)
    case record(JournalEntry)
    /// Where a section ends, and whether the server says so.
    case end(JournalHead, records: Int, isAttested: Bool)
    /// What is said of all lines before, and whether the server says so.
    case trailer(SHA256Digest, records: Int, writers: Int, isAttested: Bool)

    private static let options = JSONParsingOptions(maximumDepth: 256, allowsNUL: true)

    /// Reads a line without its line feed; nil for anything else.
    ///
    /// - Parameter writer: The writer of the section, for records.
    init?(_ bytes: [UInt8], writer: String?, _ keyring: SecretKeyring) {
        // One content has one line: blanks, the order of keys and digits in another case are a change.
        guard let json = try? JSONValue(parsing: bytes, options: Self.options), json.sortedBytes() == bytes else { return nil }
        func digest(_ key: String) -> SHA256Digest? {
            json[key]?.stringValue.flatMap { text in SHA256Digest(hex: text).flatMap { $0.hex == text ? $0 : nil } }
        }
        let code = json["code"]?.stringValue.flatMap { text in Hex.decode(text).flatMap { Hex.encode($0) == text ? $0 : nil } }
        switch json["type"]?.stringValue {
        case "start", "end":
            guard let name = json["writer"]?.stringValue, let sequence = json["sequence"]?.int64Value, let hash = digest("hash"),
                let code
            else { return nil }
            let head = JournalHead(writer: name, sequence: sequence, hash: hash)
            let isAttested = head.isAttested(by: code, keyring)
            if json["type"]?.stringValue == "start" {
                self = .start(head, isAttested: isAttested)
            } else if let records = json["records"]?.intValue {
                self = .end(head, records: records, isAttested: isAttested)
            } else {
                return nil
            }
        case "record":
            guard let sequence = json["sequence"]?.int64Value, let kind = json["kind"]?.stringValue, let body = json["body"],
                let time = json["time"]?.stringValue.flatMap({ Timestamp(rfc3339: $0) }), let previous = digest("previous"),
                let hash = digest("hash")
            else { return nil }
            self = .record(
                JournalEntry(
                    writer: writer ?? "", sequence: sequence, time: time, kind: kind, body: body.sortedBytes(),
                    previous: previous, hash: hash))
        case "trailer":
            guard let sum = digest("sha256"), let records = json["records"]?.intValue, let writers = json["writers"]?.intValue,
                let code
            else { return nil }
            let message = Self.trailerMessage(sum, records: records, writers: writers)
            let isAttested = (try? keyring.isValid(code, for: message, purpose: .auditExport)) ?? false
            self = .trailer(sum, records: records, writers: writers, isAttested: isAttested)
        default:
            return nil
        }
    }

    /// The body of a record as JSON; nil unless it becomes the same bytes again.
    static func body(of entry: JournalEntry) -> JSONValue? {
        guard let body = try? JSONValue(parsing: entry.body, options: Self.options), body.sortedBytes() == entry.body else {
            return nil
        }
        return body
    }

    /// What the code of a trailer is made over.
    static func trailerMessage(_ digest: SHA256Digest, records: Int, writers: Int) -> [UInt8] {
        var framed = FramedBytes(domain: "gatehouse/1/audit-export")
        framed.append(digest)
        framed.append(Int64(records))
        framed.append(Int64(writers))
        return framed.bytes
    }
}
