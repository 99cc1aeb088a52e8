import Synchronization

/// Remembers which of the latest leases were settled, with one bit each.
///
/// Leases are numbered. A lease that is more than ``capacity`` numbers old is unknown and can no longer be settled; so memory is fixed, and
/// no lease is ever settled twice.
struct LeaseRegister: ~Copyable {
    private struct Bits: @unchecked Sendable {
        // The words are used under the lock only.
        let words: UnsafeMutablePointer<UInt64>
        var nextID: UInt64 = 0
    }

    let capacity: Int
    let issuer = UInt64.random(in: .min ... .max)
    private let bits: Mutex<Bits>

    /// Creates a register; the capacity is a multiple of 64.
    init(capacity: Int) {
        self.capacity = capacity
        let words = UnsafeMutablePointer<UInt64>.allocate(capacity: capacity / 64)
        words.initialize(repeating: 0, count: capacity / 64)
        self.bits = Mutex(Bits(words: words))
    }

    deinit {
        self.bits.withLock { $0.words.deallocate() }
    }

    /// The number of a new lease.
    func issue() -> UInt64 {
        self.bits.withLock { bits in
            let id = bits.nextID
            bits.nextID &+= 1
            let place = Int(id % UInt64(self.capacity))
            bits.words[place / 64] &= ~(1 << UInt64(place % 64))
            return id
        }
    }

    /// Marks a lease as settled, or says why it cannot be.
    func settle(_ lease: borrowing RateLimitLease) -> RateLimitSettlement {
        guard lease.issuer == self.issuer else { return .unknownLease }
        let id = lease.id
        return self.bits.withLock { bits in
            guard id < bits.nextID, bits.nextID - id <= UInt64(self.capacity) else { return .unknownLease }
            let place = Int(id % UInt64(self.capacity))
            let bit: UInt64 = 1 << UInt64(place % 64)
            guard bits.words[place / 64] & bit == 0 else { return .alreadySettled }
            bits.words[place / 64] |= bit
            return .settled
        }
    }
}
