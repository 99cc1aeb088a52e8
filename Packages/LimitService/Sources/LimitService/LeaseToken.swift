import Cryptography
import RateLimit

/// Leases as text that a client keeps and shows again at `POST /settle`.
///
/// ```
/// base64url( version · id · issuer · instant · mark · limit · window · cost · algorithm · key · MAC )
/// ```
///
/// Numbers have eight bytes, the MAC is HMAC-SHA-256 over all before it, so that nobody can make up a lease.
struct LeaseTokenCoder: Sendable {
    private static let version: UInt8 = 1
    /// What stands before the key.
    private static let headByteCount = 2 + 8 * 8

    private let authenticator: HMACSHA256

    /// - Parameter key: 32 random bytes, the same on all nodes that share a store.
    init(key: SecretBytes) throws(CryptographyError) {
        self.authenticator = try HMACSHA256(key: key)
    }

    /// The token of a lease over one check.
    func token(of lease: RateLimitLease) throws(CryptographyError) -> String? {
        guard let check = lease.checks.first, lease.checks.count == 1, let mark = lease.marks.first, lease.marks.count == 1,
            let key = check.key.parts.first
        else { return nil }
        var bytes: [UInt8] = [Self.version, check.rule.algorithm.rawValue]
        bytes.reserveCapacity(Self.headByteCount + key.count + SHA256Digest.byteCount)
        let numbers = [
            lease.id, lease.issuer, UInt64(bitPattern: lease.instant.nanoseconds), UInt64(bitPattern: mark),
            UInt64(bitPattern: check.rule.quota.limit), UInt64(bitPattern: check.rule.quota.windowMilliseconds),
            UInt64(bitPattern: check.cost), UInt64(key.count),
        ]
        for number in numbers { withUnsafeBytes(of: number.bigEndian) { bytes.append(contentsOf: $0) } }
        bytes.append(contentsOf: key)
        bytes.append(contentsOf: try self.authenticator.code(for: bytes).bytes)
        return Base64URL.encode(bytes)
    }

    /// The lease behind a token, or `nil` for a text that this coder did not make.
    ///
    /// - Parameter rules: Makes the rule again.
    func lease(from token: String, rules: RuleBook) throws(CryptographyError) -> RateLimitLease? {
        guard let bytes = Base64URL.decode(token), bytes.count >= Self.headByteCount + SHA256Digest.byteCount else { return nil }
        let body = bytes.dropLast(SHA256Digest.byteCount)
        guard let code = SHA256Digest(bytes: bytes.suffix(SHA256Digest.byteCount)),
            try self.authenticator.isValid(code, for: body)
        else { return nil }
        // Only a token of ours comes this far, perhaps of another version.
        guard body[0] == Self.version, let algorithm = RateLimitAlgorithm(rawValue: body[1]) else { return nil }
        let numbers = stride(from: 2, to: Self.headByteCount, by: 8).map { start in
            body[start..<start + 8].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        }
        let key = Array(body.dropFirst(Self.headByteCount))
        guard numbers[7] == UInt64(key.count) else { return nil }
        let rule = try? rules.check(
            limit: Int64(bitPattern: numbers[4]), windowMilliseconds: Int64(bitPattern: numbers[5]), algorithm: algorithm)
        let check = rule.flatMap { rule in
            (try? RateLimitKey(parts: [key])).flatMap { try? RateLimitCheck(rule, $0, cost: Int64(bitPattern: numbers[6])) }
        }
        guard let check else { return nil }
        return RateLimitLease(
            id: numbers[0], issuer: numbers[1], checks: [check],
            instant: RateLimitInstant(nanoseconds: Int64(bitPattern: numbers[2])), marks: [Int64(bitPattern: numbers[3])])
    }
}
