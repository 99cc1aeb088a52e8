extension CellArena {
    static let tailBytesPerCell = 48
    private static let tailLinkMask: UInt64 = 0x0000_FFFF_FFFF_0000

    /// Whether a record counts for exactly this rule and key; `mask` is that of the identity.
    @inline(__always)
    func holds(_ identity: UInt64, mask: UInt64, _ key: borrowing RateLimitKey, in record: UInt32) -> Bool {
        let words = self[record]
        guard words[0] & mask == identity, words[4] == key.words.0, words[5] == key.words.1 else { return false }
        guard let spill = key.spill else { return words[6] == key.words.2 }
        return words[6] & ~Self.tailLinkMask == key.words.2 && self.tailEquals(spill, of: record)
    }

    /// The first cell of the rest of a long key, 0 for a short key.
    func keyTail(of record: UInt32) -> UInt32 {
        let word = self[record][6]
        return Int(word >> 48) > RateLimitKey.inlineByteCount ? UInt32(truncatingIfNeeded: word >> 16) : 0
    }

    /// The key of a record.
    func key(of record: UInt32) -> RateLimitKey {
        let words = self[record]
        let byteCount = Int(words[6] >> 48)
        guard byteCount > RateLimitKey.inlineByteCount else {
            return RateLimitKey(words: (words[4], words[5], words[6]))
        }
        let spill = [UInt8](unsafeUninitializedCapacity: byteCount) { buffer, count in
            for position in 0..<RateLimitKey.headByteCount {
                buffer[position] = UInt8(truncatingIfNeeded: words[4 + position / 8] >> UInt64(position % 8 * 8))
            }
            var position = RateLimitKey.headByteCount
            var cell = self.keyTail(of: record)
            while position < byteCount {
                let bytes = self.tailBytes(of: cell)
                for offset in 0..<min(Self.tailBytesPerCell, byteCount - position) { buffer[position + offset] = bytes[offset] }
                position += Self.tailBytesPerCell
                cell = self.next(of: cell)
            }
            count = byteCount
        }
        return RateLimitKey(words: (words[4], words[5], words[6] & ~Self.tailLinkMask), spill: spill)
    }

    /// The hash of a record's rule and key, computed anew.
    func counterHash(of record: UInt32) -> UInt64 {
        let words = self[record]
        let identity = RuleIdentity(word: words[0]).ruleWord
        guard Int(words[6] >> 48) > RateLimitKey.inlineByteCount else {
            return KeyedHash.mixed(RateLimitKey.hash(ofWords: (words[4], words[5], words[6])), identity: identity)
        }
        return KeyedHash.mixed(self.key(of: record).hash, identity: identity)
    }

    func tailBytes(of cell: UInt32) -> UnsafeMutablePointer<UInt8> {
        UnsafeMutableRawPointer(self[cell] + 1).assumingMemoryBound(to: UInt8.self)
    }

    /// How many cells a key takes beside its record.
    static func tailCells(of key: borrowing RateLimitKey) -> Int {
        guard key.byteCount > RateLimitKey.inlineByteCount else { return 0 }
        return (key.byteCount - RateLimitKey.headByteCount + Self.tailBytesPerCell - 1) / Self.tailBytesPerCell
    }

    private func tailEquals(_ spill: [UInt8], of record: UInt32) -> Bool {
        spill.withUnsafeBufferPointer { spill in
            var position = RateLimitKey.headByteCount
            var cell = self.keyTail(of: record)
            while position < spill.count {
                let bytes = self.tailBytes(of: cell)
                for offset in 0..<min(Self.tailBytesPerCell, spill.count - position)
                where bytes[offset] != spill[position + offset] {
                    return false
                }
                position += Self.tailBytesPerCell
                cell = self.next(of: cell)
            }
            return true
        }
    }
}

extension Shard {
    /// Stores what does not fit the record of a long key.
    mutating func writeTail(of spill: [UInt8], from record: UInt32) {
        var position = RateLimitKey.headByteCount
        var last: UInt32 = 0
        while position < spill.count {
            let cell = self.takeCell()
            self.arena[cell][0] = CellKind.keyTail.bits
            if last == 0 {
                self.arena[record][6] |= UInt64(cell) << 16
            } else {
                self.arena.setNext(of: last, to: cell)
            }
            let bytes = self.arena.tailBytes(of: cell)
            for offset in 0..<min(CellArena.tailBytesPerCell, spill.count - position) { bytes[offset] = spill[position + offset] }
            position += CellArena.tailBytesPerCell
            last = cell
        }
    }
}
