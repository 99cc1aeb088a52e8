import CLibpq
import Persistence

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Reads values in the server's binary form by the OID of their type (PostgreSQL's catalogue `pg_type`).
enum ValueDecoder {
    /// The value, or `nil` where the bytes are not what the type has, or no portable value holds them.
    static func value(_ bytes: UnsafeRawBufferPointer.SubSequence, type: Oid) -> SQLValue? {
        switch type {
        // text, varchar, char(n), name, "unknown", XML, and enumerations, whose OIDs no one knows, aside
        case 25, 1043, 1042, 19, 705, 142, 18: return self.text(bytes).map { .text($0) }
        case 114: return self.text(bytes).map { .json($0) }
        case 3802: return self.jsonb(bytes)
        case 17: return .blob(Array(bytes))
        case 2278: return .text("")
        case 1009, 1015, 1014, 1003, 1005, 1007, 1016, 1000, 1021, 1022, 2951, 1115, 1185, 1001, 199, 3807, 1231, 1182, 1028:
            var reader = BinaryReader(bytes)
            return ArrayDecoder.value(&reader)
        default: return self.fixedWidth(bytes, type: type)
        }
    }

    private static func fixedWidth(_ bytes: UnsafeRawBufferPointer.SubSequence, type: Oid) -> SQLValue? {
        var reader = BinaryReader(bytes)
        let value: SQLValue?
        switch type {
        case 16: value = reader.read(UInt8.self).map { .boolean($0 != 0) }
        case 21: value = reader.read(Int16.self).map { .integer(Int64($0)) }
        case 23: value = reader.read(Int32.self).map { .integer(Int64($0)) }
        case 20: value = reader.read(Int64.self).map { .integer($0) }
        // oid and the names of catalogue objects that are numbers
        case 26, 24, 2202, 2205, 2206, 4089, 4096, 3734, 3769, 28: value = reader.read(UInt32.self).map { .integer(Int64($0)) }
        case 700: value = reader.read(UInt32.self).map { .double(Double(Float(bitPattern: $0))) }
        case 701: value = reader.read(UInt64.self).map { .double(Double(bitPattern: $0)) }
        case 2950: value = self.uuid(&reader)
        case 1184, 1114: value = reader.read(Int64.self).flatMap(self.timestamp)
        case 1082: value = reader.read(Int32.self).flatMap(self.date)
        case 1700: return NumericDecoder.value(&reader)
        default: return nil
        }
        return reader.isAtEnd ? value : nil
    }

    private static func text(_ bytes: UnsafeRawBufferPointer.SubSequence) -> String? {
        String(validating: bytes, as: UTF8.self)
    }

    /// One byte that tells the version, which is 1, and the text.
    private static func jsonb(_ bytes: UnsafeRawBufferPointer.SubSequence) -> SQLValue? {
        guard bytes.first == 1 else { return nil }
        return self.text(bytes.dropFirst()).map { .json($0) }
    }

    private static func uuid(_ reader: inout BinaryReader) -> SQLValue? {
        guard let bytes = reader.read(count: 16) else { return nil }
        var uuid: uuid_t = (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
        withUnsafeMutableBytes(of: &uuid) { $0.copyBytes(from: bytes) }
        return .uuid(UUID(uuid: uuid))
    }

    /// Microseconds since 2000; the infinities and what lies outside the years 0001 to 9999 are no ``Timestamp``.
    private static func timestamp(_ microseconds: Int64) -> SQLValue? {
        let (sum, overflow) = microseconds.addingReportingOverflow(946_684_800_000_000)
        return overflow ? nil : Timestamp(microseconds: sum).map { .timestamp($0) }
    }

    /// Days since 2000, as the text `2026-11-27`.
    private static func date(_ days: Int32) -> SQLValue? {
        // The infinities are days too, so many that their microseconds have no number.
        let (microseconds, overflow) = (Int64(days) + 10_957).multipliedReportingOverflow(by: 86_400_000_000)
        guard !overflow, let midnight = Timestamp(microseconds: microseconds) else { return nil }
        return .text(String(midnight.rfc3339.prefix(10)))
    }
}
