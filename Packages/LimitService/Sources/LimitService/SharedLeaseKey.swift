import Cryptography
import RateLimit
import Redis
import Synchronization

/// A key that all nodes of a store share: the first one makes it, `gatehouse:limiter:lease-key`.
final class SharedLeaseKey: LeaseKeySource {
    private static let name = "gatehouse:limiter:lease-key"
    /// Leases live for an hour; the key lives long enough for any of them, and is renewed when it is fetched.
    private static let timeToLiveSeconds = 30 * 86_400

    private let client: RedisClient
    private let known = Mutex<(coder: LeaseTokenCoder, fetched: RateLimitInstant)?>(nil)

    init(client: RedisClient) {
        self.client = client
    }

    func coder() async throws(RateLimitError) -> LeaseTokenCoder {
        let now = RateLimitInstant.now
        // A store that was emptied gets a new key; no node goes on with the old one for long.
        if let known = self.known.withLock({ $0 }), now < known.fetched.advanced(by: .seconds(10)) { return known.coder }
        do {
            let made = try Random.base64URLToken()
            _ = try await self.client.send(
                RedisCommand("SET", Self.name, made, "NX", "EX", Self.timeToLiveSeconds))
            let reply = try await self.client.send(RedisCommand("GETEX", Self.name, "EX", Self.timeToLiveSeconds))
            guard let text = reply.text, let bytes = Base64URL.decode(text), bytes.count == 32 else {
                throw RateLimitError(.storeUnavailable, message: "the key of leases in the shared store cannot be read")
            }
            let coder = try LeaseTokenCoder(key: SecretBytes(bytes))
            self.known.withLock { $0 = (coder, now) }
            return coder
        } catch let error as RateLimitError {
            throw error
        } catch {
            throw RateLimitError(.storeUnavailable, message: "The key of leases cannot be had now", cause: error)
        }
    }
}
