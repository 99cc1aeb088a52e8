public import Cryptography
public import Persistence
import StrictJSON

/// Writes rows of `audit_events` as lines of OCSF for other tools, the newest first, with a trailer of ours at the end:
///
/// ```json
/// {"activity_id":99,"class_uid":6003,…}
/// {"code":"01…","events":1,"sha256":"e3…","type":"trailer"}
/// ```
///
/// Lines have the form of RFC 8785. `sha256` is over all lines before, each with its line feed; the code is the server's.
public struct EventExport: Sendable {
    private let trail: AuditTrail
    private let keyring: SecretKeyring

    /// Creates an export.
    public init(database: any Database, keyring: SecretKeyring) {
        self.trail = AuditTrail(database: database, keyring: keyring)
        self.keyring = keyring
    }

    /// Writes the events of a time.
    ///
    /// - Parameters:
    ///   - since: The first instant; from the beginning on when nil.
    ///   - until: The instant behind the last one; to the newest when nil.
    ///   - sink: Gets each line with its line feed, in order, and is awaited.
    /// - Returns: How many events were written.
    /// - Throws: `PersistenceError`; `CryptographyError`; `JSONError` for a number that RFC 8785 cannot write;
    ///   `CancellationError`; what the sink throws.
    @discardableResult
    public func write(since: Timestamp?, until: Timestamp?, to sink: ([UInt8]) async throws -> Void) async throws -> Int {
        var hash = SHA256()
        var count = 0
        var query = AuditQuery(organisation: nil, from: since, until: until, limit: AuditQuery.maximumLimit)
        repeat {
            try Task.checkCancellation()
            let page = try await self.trail.events(query)
            for event in page.events {
                let line = try event.ocsf.rfc8785Bytes() + [UInt8(ascii: "\n")]
                hash.update(line)
                count += 1
                try await sink(line)
            }
            query.cursor = page.next
        } while query.cursor != nil
        let digest = hash.finalize()
        let code = try self.keyring.sign(Self.message(digest, events: count), for: .auditExport)
        let trailer: JSONValue = [
            "type": "trailer", "events": .integer(count), "sha256": .string(digest.hex), "code": .string(Hex.encode(code)),
        ]
        try await sink(try trailer.rfc8785Bytes() + [UInt8(ascii: "\n")])
        return count
    }

    fileprivate static func message(_ digest: SHA256Digest, events: Int) -> [UInt8] {
        var framed = FramedBytes(domain: "gatehouse/1/audit-events")
        framed.append(digest)
        framed.append(Int64(events))
        return framed.bytes
    }
}

/// Checks what ``EventExport`` wrote: whether anything was changed, added or left out since.
struct EventExportCheck {
    private let keyring: SecretKeyring
    private var report = VerificationReport()
    private var hash = SHA256()
    private var line = 0
    private var isClosed = false

    init(keyring: SecretKeyring) {
        self.keyring = keyring
    }

    mutating func read(_ bytes: [UInt8]) {
        self.line += 1
        let place = AuditFault.Place.exportLine(self.line)
        guard !self.isClosed, let json = try? JSONValue(parsing: bytes.last == UInt8(ascii: "\n") ? bytes.dropLast() : bytes[...])
        else {
            self.report.add(.unreadable, place)
            return
        }
        guard json["type"]?.stringValue == "trailer" else {
            self.report.records += 1
            self.hash.update(bytes)
            return
        }
        self.isClosed = true
        let digest = self.hash.finalize()
        let events = json["events"]?.intValue ?? 0
        let code = json["code"]?.stringValue.flatMap { Hex.decode($0) } ?? []
        let sum = json["sha256"]?.stringValue.flatMap { SHA256Digest(hex: $0) }
        guard let sum,
            (try? self.keyring.isValid(code, for: EventExport.message(sum, events: events), purpose: .auditExport)) ?? false
        else {
            self.report.add(.changed, place)
            return
        }
        if self.report.records < events {
            self.report.add(.gap, place)
        } else if sum != digest {
            self.report.add(.changed, place)
        }
    }

    mutating func finish() -> VerificationReport {
        if !self.isClosed { self.report.add(.truncated, .exportLine(self.line + 1)) }
        return self.report
    }
}
