import Checksums
import Cryptography
import Persistence

/// One record in a file of the spool:
///
/// | bytes | meaning |
/// | --- | --- |
/// | 4 | `GAJ1` |
/// | 4 | length of the payload, most significant byte first |
/// | 4 | CRC-32 of the payload |
/// | 8, 8 | payload: sequence, time in microseconds since 1970 |
/// | 32, 32 | previous hash, hash |
/// | 1, n | length of the kind, kind |
/// | rest | body |
///
/// The writer is the name of the file, and is in the hash.
enum SpoolFrame {
    static let magic: [UInt8] = Array("GAJ1".utf8)
    static let headBytes = 12
    private static let fixedBytes = 81

    /// Longer frames are damage and no records.
    static let maximumPayload = 64 << 20

    static func append(_ entry: JournalEntry, to bytes: inout [UInt8]) {
        var payload: [UInt8] = []
        payload.reserveCapacity(entry.body.count + Self.fixedBytes + 16)
        Self.append(UInt64(bitPattern: entry.sequence), to: &payload)
        Self.append(UInt64(bitPattern: entry.time.microseconds), to: &payload)
        payload.append(contentsOf: entry.previous.bytes)
        payload.append(contentsOf: entry.hash.bytes)
        payload.append(UInt8(truncatingIfNeeded: entry.kind.utf8.count))
        payload.append(contentsOf: entry.kind.utf8)
        payload.append(contentsOf: entry.body)
        bytes.append(contentsOf: Self.magic)
        Self.append(UInt32(truncatingIfNeeded: payload.count), to: &bytes)
        Self.append(CRC32.checksum(of: payload), to: &bytes)
        bytes.append(contentsOf: payload)
    }

    /// What stands at the beginning of some bytes.
    enum Reading {
        /// A frame with what is in it, and how long it is.
        case entry(JournalEntry, bytes: Int)
        /// A frame whose bytes were changed, and how long it is.
        case damaged(bytes: Int)
        /// The beginning of a frame that goes on behind the given bytes, and how many there are to be.
        case incomplete(bytes: Int)
        /// No frame begins here.
        case foreign
    }

    static func read(_ bytes: ArraySlice<UInt8>, writer: String) -> Reading {
        guard bytes.count >= Self.headBytes else {
            return Self.magic.starts(with: bytes.prefix(4)) || bytes.starts(with: Self.magic)
                ? .incomplete(bytes: Self.headBytes) : .foreign
        }
        guard bytes.starts(with: Self.magic) else { return .foreign }
        let count = Int(Self.number(bytes.dropFirst(4).prefix(4)))
        guard (Self.fixedBytes...Self.maximumPayload).contains(count) else { return .foreign }
        guard bytes.count >= Self.headBytes + count else { return .incomplete(bytes: Self.headBytes + count) }
        let payload = bytes.dropFirst(Self.headBytes).prefix(count)
        guard UInt64(CRC32.checksum(of: payload)) == Self.number(bytes.dropFirst(8).prefix(4)),
            let entry = Self.entry(in: payload, writer: writer)
        else { return .damaged(bytes: Self.headBytes + count) }
        return .entry(entry, bytes: Self.headBytes + count)
    }

    private static func entry(in payload: ArraySlice<UInt8>, writer: String) -> JournalEntry? {
        var rest = payload
        func take(_ count: Int) -> ArraySlice<UInt8> {
            defer { rest = rest.dropFirst(count) }
            return rest.prefix(count)
        }
        let sequence = Int64(bitPattern: Self.number(take(8)))
        guard let time = Timestamp(microseconds: Int64(bitPattern: Self.number(take(8)))),
            let previous = SHA256Digest(bytes: take(32)), let hash = SHA256Digest(bytes: take(32)),
            let kindBytes = take(1).first, rest.count >= kindBytes
        else { return nil }
        let kind = String(decoding: take(Int(kindBytes)), as: UTF8.self)
        return JournalEntry(
            writer: writer, sequence: sequence, time: time, kind: kind, body: Array(rest), previous: previous, hash: hash)
    }

    private static func append(_ number: some FixedWidthInteger, to bytes: inout [UInt8]) {
        withUnsafeBytes(of: number.bigEndian) { bytes.append(contentsOf: $0) }
    }

    /// Up to eight bytes, most significant first.
    private static func number(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.reduce(0) { $0 << 8 | UInt64($1) }
    }
}
