import Cryptography
import Identity
import Persistence

extension AuditQuery {
    /// What must be the same from page to page; the limit may change.
    var list: [UInt8] {
        var framed = FramedBytes(domain: "gatehouse/1/audit-query")
        let texts = [self.organisation?.text, self.requestID?.text, self.callerID, self.decision, self.toolName]
        for text in texts + [self.from?.rfc3339, self.until?.rfc3339] {
            framed.append(text == nil ? 0 : 1)
            framed.append((text ?? "").utf8)
        }
        return framed.bytes
    }

    /// Where the page begins: behind the event of this time and number; `nil` for the first.
    ///
    /// - Throws: ``AuditError`` with code `invalidCursor`; `CryptographyError` when libcrypto fails.
    func start(by keyring: SecretKeyring) throws -> (time: Timestamp, id: Int64)? {
        guard let text = self.cursor else { return nil }
        guard let cursor = try PageCursor(text, numbers: 2, for: self.list, by: keyring),
            let time = Timestamp(microseconds: cursor.numbers[0])
        else { throw AuditError(.invalidCursor, message: "the cursor was not made for this query") }
        return (time, cursor.numbers[1])
    }
}
