public import Logging
import RateLimit
public import RateLimitRedis
public import ServiceLifecycle
import Synchronization

/// Looks after the index of a shared store: takes out what has ended, and counts what is live, every few seconds.
public final class LiveCounterGauge: Service {
    private static let purgeLimit = 10_000

    private let store: RedisRateLimitStore
    private let interval: Duration
    private let logger: Logger
    private let count = Atomic(0)

    /// Creates the service.
    ///
    /// - Parameters:
    ///   - store: The store.
    ///   - interval: The pause between two rounds.
    ///   - logger: Gets a line at `debug` when a round fails.
    public init(store: RedisRateLimitStore, interval: Duration = .seconds(5), logger: Logger) {
        self.store = store
        self.interval = interval
        self.logger = logger
    }

    /// The number of live counters at the last round that worked.
    public var value: Int { self.count.load(ordering: .relaxed) }

    /// Goes on until the service group stops.
    public func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                await self.round()
                do {
                    try await Task.sleep(for: self.interval)
                } catch {
                    break
                }
            }
        }
    }

    private func round() async {
        do {
            while try await self.store.purgeIndex(limit: Self.purgeLimit) == Self.purgeLimit, !Task.isCancelled {}
            self.count.store(try await self.store.liveKeyCount(), ordering: .relaxed)
        } catch {
            self.logger.debug("index not looked after", metadata: ["error": .string(String(reflecting: error))])
        }
    }
}
