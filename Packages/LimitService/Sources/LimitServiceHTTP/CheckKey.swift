/// Which keys `/check` and the management routes take.
enum CheckKey {
    /// The longest key in UTF-8 bytes; one part of a `RateLimitKey` of 4 096 bytes has two bytes of length before it.
    static let maximumByteCount = 4_094

    /// Whether a key would be taken for something else in the prescribed Redis layout: `ratelimit:{key}:seq` is the sequence of
    /// `{key}`, and `ratelimit:limit:{key}` its override, so that the sequence of `limit` would be the override of `seq` (CONTRACTS §8.5).
    static func isReserved(_ key: some Collection<UInt8>) -> Bool {
        key.starts(with: "limit:".utf8) || key.elementsEqual("limit".utf8) || key.suffix(4).elementsEqual(":seq".utf8)
    }
}
