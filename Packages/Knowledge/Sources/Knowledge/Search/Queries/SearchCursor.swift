#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import Cryptography
import Persistence

/// Where the next page begins: opaque text that fits the query it was made for, and no other.
///
/// A search by words names its tier, the newest document it looks at, and what it has shown since; a search by tags names its last
/// trace. The text is base64url of eight bytes of SHA-256 over query and content, and the content. It is no secret, and whoever
/// forges one only gets other results for themselves.
enum SearchCursor: Sendable, Hashable {
    case words(Words)
    case tags(Tags)

    struct Words: Sendable, Hashable {
        var tier: SearchTier
        /// Which of the query's correctable lexemes were replaced, a bit for each.
        var replaced: UInt64
        /// The pieces that a lower tier is about, a bit for each; else 0.
        var kept: UInt64
        /// The newest document that counts, so that new traces do not move what is left to show.
        var newest: Int64
        /// The oldest one of the window, 1 or more when others follow; 0 when none do, or nothing of the window was shown.
        var oldest: Int64
        /// Numbers of those of the window that were shown, falling; none above `newest`, at most 600.
        var shown: [Int64]
    }

    struct Tags: Sendable, Hashable {
        var trust: Double
        var createdAt: Timestamp
        var id: UUID
    }

    private static let digestBytes = 8

    /// Reads a cursor.
    ///
    /// - Throws: ``SearchError`` with code `invalidCursor`.
    init(_ text: String, for query: SearchQuery) throws(SearchError) {
        let error = SearchError(.invalidCursor, message: "the cursor was not made for this query")
        guard let bytes = Base64URL.decode(text), bytes.count > Self.digestBytes else { throw error }
        let content = bytes[Self.digestBytes...]
        guard bytes.prefix(Self.digestBytes).elementsEqual(Self.digest(of: content, for: query)) else { throw error }
        var reader = Reader(rest: content)
        switch reader.byte() {
        case 1:
            guard let tier = reader.byte().flatMap(SearchTier.init(rawValue:)), let replaced = reader.fixed(),
                let kept = reader.number(), kept < 1 << SearchPlan.mostPieces,
                let newest = reader.number(), let height = reader.number(), height <= newest, let count = reader.number(),
                count <= Int64(SearchWindow.size * 2)
            else { throw error }
            var shown: [Int64] = []
            for _ in 0..<count {
                guard let step = reader.number() else { throw error }
                // Both are 0 or more, so the difference cannot overflow.
                let number = (shown.last ?? newest) - step
                guard number >= 0 else { throw error }
                shown.append(number)
            }
            self = .words(
                Words(tier: tier, replaced: replaced, kept: UInt64(kept), newest: newest, oldest: newest - height, shown: shown))
        case 2:
            guard let trust = reader.fixed().map(Double.init(bitPattern:)), trust.isFinite,
                let time = reader.fixed().map(Int64.init(bitPattern:)), let createdAt = Timestamp(microseconds: time),
                let id = reader.uuid()
            else { throw error }
            self = .tags(Tags(trust: trust, createdAt: createdAt, id: id))
        default:
            throw error
        }
        guard reader.rest.isEmpty else { throw error }
    }

    /// The text of the cursor.
    func text(for query: SearchQuery) -> String {
        var content: [UInt8] = []
        switch self {
        case .words(let words):
            content += [1, words.tier.rawValue]
            Self.append(fixed: words.replaced, to: &content)
            Self.append(number: Int64(words.kept), to: &content)
            Self.append(number: words.newest, to: &content)
            Self.append(number: words.newest - words.oldest, to: &content)
            Self.append(number: Int64(words.shown.count), to: &content)
            var last = words.newest
            for number in words.shown {
                Self.append(number: last - number, to: &content)
                last = number
            }
        case .tags(let tags):
            content.append(2)
            Self.append(fixed: tags.trust.bitPattern, to: &content)
            Self.append(fixed: UInt64(bitPattern: tags.createdAt.microseconds), to: &content)
            withUnsafeBytes(of: tags.id.uuid) { content += $0 }
        }
        return Base64URL.encode(Self.digest(of: content[...], for: query) + content)
    }

    private static func digest(of content: ArraySlice<UInt8>, for query: SearchQuery) -> [UInt8] {
        var framed: [UInt8] = []
        // The limit may change from page to page.
        for text in [query.text ?? ""] + query.tags {
            self.append(number: Int64(text.utf8.count), to: &framed)
            framed += text.utf8
        }
        self.append(number: Int64(query.tags.count), to: &framed)
        return Array(SHA256.hash(framed + content).bytes.prefix(self.digestBytes))
    }

    private static func append(fixed value: UInt64, to bytes: inout [UInt8]) {
        withUnsafeBytes(of: value.bigEndian) { bytes += $0 }
    }

    /// Seven bits to a byte, the low ones first; `value` is 0 or more.
    private static func append(number value: Int64, to bytes: inout [UInt8]) {
        var rest = UInt64(max(value, 0))
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }

    private struct Reader {
        var rest: ArraySlice<UInt8>

        mutating func byte() -> UInt8? { self.rest.popFirst() }

        mutating func fixed() -> UInt64? {
            guard self.rest.count >= 8 else { return nil }
            var value: UInt64 = 0
            for byte in self.rest.prefix(8) { value = value << 8 | UInt64(byte) }
            self.rest = self.rest.dropFirst(8)
            return value
        }

        mutating func number() -> Int64? {
            var value: UInt64 = 0
            var shift: UInt64 = 0
            while shift < 63, let byte = self.byte() {
                value |= UInt64(byte & 0x7F) << shift
                if byte & 0x80 == 0 { return Int64(exactly: value) }
                shift += 7
            }
            return nil
        }

        mutating func uuid() -> UUID? {
            guard self.rest.count >= 16 else { return nil }
            var bytes: uuid_t = (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
            withUnsafeMutableBytes(of: &bytes) { $0.copyBytes(from: self.rest.prefix(16)) }
            self.rest = self.rest.dropFirst(16)
            return UUID(uuid: bytes)
        }
    }
}
