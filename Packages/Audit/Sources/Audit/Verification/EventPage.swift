import Persistence
import StrictJSON

/// Rows of `audit_events` that records say were written, to be held against what is there.
struct EventPage {
    private var expected: [AuditEvent] = []

    mutating func expect(_ row: AuditEvent) {
        self.expected.append(row)
    }

    /// Reads the rows, and names those that are missing or say something else.
    ///
    /// - Parameter agree: Gets each row that says what was written.
    func compare(
        with database: any Database, _ report: inout VerificationReport, agree: (Row) -> Void = { _ in }
    ) async throws {
        if self.expected.isEmpty { return }
        let ids = self.expected.map(\.requestID.text)
        let rows = try await database.query(
            "SELECT \(EventTable.columns) FROM audit_events WHERE request_id IN \(list: ids)")
        var found: [AuditRequestID: (row: Row, event: AuditEvent?)] = [:]
        for row in rows {
            guard let id = try? row.decode("request_id", as: String.self) else { continue }
            found[AuditRequestID(unchecked: id)] = (row, try? AuditEvent(row))
        }
        for event in self.expected {
            report.events += 1
            let place = AuditFault.Place.event(requestID: event.requestID.text)
            guard let (row, read) = found[event.requestID] else {
                report.add(.gap, place)
                continue
            }
            if let read {
                if read.saysTheSame(as: event) { agree(row) } else { report.add(.changed, place) }
            } else {
                report.add(.unreadable, place)
            }
        }
    }
}

extension AuditEvent {
    /// Whether a row holds what was written. PostgreSQL keeps numbers of JSON in another form, so they are compared by value.
    func saysTheSame(as other: AuditEvent) -> Bool {
        var (left, right) = (self, other)
        guard left.sanitizedArguments.hasSameValues(as: right.sanitizedArguments),
            left.redactionFlags.hasSameValues(as: right.redactionFlags)
        else { return false }
        (left.sanitizedArguments, right.sanitizedArguments) = (nil, nil)
        (left.redactionFlags, right.redactionFlags) = (nil, nil)
        // Not by `==`, for which texts of different bytes can be equal.
        return left.json.sortedBytes() == right.json.sortedBytes()
    }
}

extension JSONValue {
    fileprivate func hasSameValues(as other: JSONValue) -> Bool {
        switch (self, other) {
        case (.number(let left), .number(let right)):
            return left == right || left.doubleValue == right.doubleValue
        case (.array(let left), .array(let right)):
            return left.count == right.count && zip(left, right).allSatisfy { $0.hasSameValues(as: $1) }
        case (.object(let left), .object(let right)):
            return left.count == right.count
                && left.allSatisfy { member in right[member.key].map { member.value.hasSameValues(as: $0) } ?? false }
        default: return self == other
        }
    }
}
