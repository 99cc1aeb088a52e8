import Cryptography
import RateLimit

/// Knows the key that leases are signed with.
protocol LeaseKeySource: Sendable {
    /// Writes and reads tokens.
    ///
    /// - Throws: `RateLimitError` with code `storeUnavailable` while the key cannot be had.
    func coder() async throws(RateLimitError) -> LeaseTokenCoder
}

/// A key of this process alone, as its counters are.
struct ProcessLeaseKey: LeaseKeySource {
    private let made: LeaseTokenCoder

    init() throws(CryptographyError) {
        self.made = try LeaseTokenCoder(key: try SecretBytes.random())
    }

    func coder() async throws(RateLimitError) -> LeaseTokenCoder { self.made }
}
