import AppSupport
import ArgumentParser
import HTTPCore
import Logging
import NIOPosix
import Redis
import Settings

/// The Redis in which several servers share limits and approvals that wait (settings `REDIS_URL`, `REDIS_CA_FILE`).
struct SharedRedis: Sendable {
    let client: RedisClient

    /// Builds the client; nothing is opened.
    ///
    /// - Returns: nil when no Redis is set.
    /// - Throws: `ExitCode` after a line on standard error when the URL cannot be used.
    static func make(_ settings: SettingsReader, logger: Logger) throws -> SharedRedis? {
        guard let url = try settings.value(of: ApiServerSettings.redisURL) else { return nil }
        let address: RedisURL
        do {
            address = try RedisURL(parsing: url)
        } catch {
            throw Program.fail("REDIS_URL: \(error.message)", code: SettingsError.exitCode)
        }
        var configuration = RedisConfiguration(url: address)
        configuration.caFile = try settings.value(of: ApiServerSettings.redisCAFile)
        configuration.clientName = "gatehouse-api-server"
        logger.info("limits are shared", metadata: ["redis": "\(address)"])
        return SharedRedis(
            client: RedisClient(
                configuration: configuration, eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: logger))
    }

    /// Whether Redis does for the server what limits need, a script that writes; without it the server is degraded and goes on.
    ///
    /// A full, replicating or restricted Redis answers to a ping as well as any other.
    var healthCheck: HealthCheck {
        HealthCheck(name: "redis", isCore: false) { [client] in
            let script = "return redis.call('SET', KEYS[1], '1', 'PX', '1000')"
            _ = try await client.send(RedisCommand("EVAL", script, "1", "rl:health"), within: .seconds(1))
        }
    }
}
