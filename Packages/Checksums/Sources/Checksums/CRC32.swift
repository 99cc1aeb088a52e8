/// The CRC-32 of IEEE 802.3, as zip, gzip and PNG use it: reflected, polynomial EDB88320, start and end inverted.
///
/// It finds mistyped and cut text; it is no protection against somebody who means to deceive. Eight bytes are taken at a step
/// ("slicing by 8": Kounavis and Berry, "A Systematic Approach to Building High Performance Software-Based CRC Generators",
/// ISCC 2005).
public struct CRC32: Sendable {
    /// Eight tables of 256 entries: the entry for a byte that has 0 to 7 more bytes behind it.
    private static let tables: [UInt32] = {
        var tables = [UInt32](repeating: 0, count: 8 * 256)
        for index in 0..<256 {
            var entry = UInt32(index)
            for _ in 0..<8 { entry = entry & 1 == 1 ? entry >> 1 ^ 0xEDB8_8320 : entry >> 1 }
            tables[index] = entry
        }
        for index in 256..<tables.count {
            let previous = tables[index - 256]
            tables[index] = previous >> 8 ^ tables[Int(previous & 0xFF)]
        }
        return tables
    }()

    private var register: UInt32 = .max

    /// Begins with no bytes, whose checksum is 0.
    public init() {}

    /// The checksum of all bytes so far.
    public var value: UInt32 { ~self.register }

    /// Takes in further bytes.
    public mutating func update(_ bytes: Span<UInt8>) {
        let tables = Self.tables.span
        let raw = bytes.bytes
        var register = self.register
        var index = 0
        while index &+ 8 <= bytes.count {
            let low = register ^ UInt32(littleEndian: raw.unsafeLoadUnaligned(fromByteOffset: index, as: UInt32.self))
            let high = UInt32(littleEndian: raw.unsafeLoadUnaligned(fromByteOffset: index &+ 4, as: UInt32.self))
            let first = tables[7 * 256 + Int(low & 0xFF)] ^ tables[6 * 256 + Int(low >> 8 & 0xFF)]
            let second = tables[5 * 256 + Int(low >> 16 & 0xFF)] ^ tables[4 * 256 + Int(low >> 24)]
            let third = tables[3 * 256 + Int(high & 0xFF)] ^ tables[2 * 256 + Int(high >> 8 & 0xFF)]
            let fourth = tables[256 + Int(high >> 16 & 0xFF)] ^ tables[Int(high >> 24)]
            register = first ^ second ^ third ^ fourth
            index &+= 8
        }
        while index < bytes.count {
            register = register >> 8 ^ tables[Int((register ^ UInt32(bytes[index])) & 0xFF)]
            index &+= 1
        }
        self.register = register
    }

    /// Takes in further bytes from any collection, which is copied only if it is not contiguous in memory.
    public mutating func update(_ bytes: some Collection<UInt8>) {
        let isDone: Void? = bytes.withContiguousStorageIfAvailable { self.update($0.span) }
        if isDone == nil { self.update(Array(bytes).span) }
    }

    /// The checksum of a whole text: `cbf43926` for the bytes of `123456789`.
    public static func checksum(of bytes: some Collection<UInt8>) -> UInt32 {
        var checksum = CRC32()
        checksum.update(bytes)
        return checksum.value
    }
}
