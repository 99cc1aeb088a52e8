import Cryptography
import Persistence
import StrictJSON

/// A digest of a set of rows of `audit_events`, to which rows can be added in any order and from which they can be taken again.
///
/// LtHash (Bellare and Micciancio 1997; Lewi and others 2019): each row becomes 1 024 numbers of 16 bits by SHA-256 in counter
/// mode, and the numbers of all rows are added. It is not feasible to find another set of rows with the same sum.
struct EventSum: Sendable, Hashable {
    /// How many rows were added.
    private(set) var count: Int64 = 0
    private var lanes = [UInt16](repeating: 0, count: Self.laneCount)

    private static let laneCount = 1_024
    private static let lanesPerBlock = 16

    /// The sum of no rows.
    init() {}

    /// Reads ``bytes``; nil for anything else.
    init?(bytes: [UInt8]) {
        guard bytes.count == 8 + 2 * Self.laneCount else { return nil }
        self.count = Int64(bitPattern: bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) })
        for lane in 0..<Self.laneCount {
            self.lanes[lane] = UInt16(bytes[8 + 2 * lane]) << 8 | UInt16(bytes[9 + 2 * lane])
        }
    }

    /// The count in 8 bytes and the sums in 2 bytes each, most significant first: 2 056 bytes.
    var bytes: [UInt8] {
        var bytes = withUnsafeBytes(of: self.count.bigEndian) { Array($0) }
        for lane in self.lanes {
            bytes.append(UInt8(lane >> 8))
            bytes.append(UInt8(lane & 0xff))
        }
        return bytes
    }

    /// Adds a row, as the database holds it.
    mutating func add(_ row: Row) {
        self.count &+= 1
        var framed = FramedBytes(domain: "gatehouse/1/audit-event-row", capacity: 1_024)
        framed.append(((try? row.decode("request_id", as: String.self)) ?? "").utf8)
        framed.append(((try? AuditEvent(row))?.json.sortedBytes()) ?? [])
        let digest = SHA256.hash(framed.bytes)
        for block in 0..<Self.laneCount / Self.lanesPerBlock {
            var part = FramedBytes(domain: "gatehouse/1/audit-event-sum", capacity: 80)
            part.append(digest)
            part.append(Int64(block))
            SHA256.hash(part.bytes).withUnsafeBytes { hash in
                for index in 0..<Self.lanesPerBlock {
                    self.lanes[block * Self.lanesPerBlock + index] &+= UInt16(hash[2 * index]) << 8 | UInt16(hash[2 * index + 1])
                }
            }
        }
    }

    static func += (left: inout EventSum, right: EventSum) {
        left.count &+= right.count
        for lane in left.lanes.indices { left.lanes[lane] &+= right.lanes[lane] }
    }

    static func -= (left: inout EventSum, right: EventSum) {
        left.count &-= right.count
        for lane in left.lanes.indices { left.lanes[lane] &-= right.lanes[lane] }
    }
}
