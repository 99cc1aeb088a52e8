#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

extension UUID {
    /// The two halves as numbers, for a cursor.
    var halves: [Int64] {
        withUnsafeBytes(of: self.uuid) { bytes in
            [bytes.prefix(8), bytes.suffix(8)].map { half in
                Int64(bitPattern: half.reduce(0) { $0 << 8 | UInt64($1) })
            }
        }
    }

    init(halves high: Int64, _ low: Int64) {
        var uuid: uuid_t = (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
        withUnsafeMutableBytes(of: &uuid) { bytes in
            withUnsafeBytes(of: (high.bigEndian, low.bigEndian)) { bytes.copyMemory(from: $0) }
        }
        self.init(uuid: uuid)
    }
}
