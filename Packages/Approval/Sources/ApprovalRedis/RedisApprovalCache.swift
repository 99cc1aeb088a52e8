public import Approval
public import Redis
public import StrictJSON

/// Keeps pending approvals in Redis.
///
/// | key | value | time to live |
/// | --- | --- | --- |
/// | `approval:{handle}` | the request without its arguments, as compact JSON | until it expires |
/// | `approval:{handle}:gone` | `1` | until a value that comes late could have done no harm |
///
/// Both are written by scripts, so that a value is kept only while its handle is not gone: a command that was slow on its way
/// cannot bring back what was decided meanwhile.
public struct RedisApprovalCache: ApprovalCache {
    private let client: RedisClient
    private let deadline: Duration

    /// Creates a cache.
    ///
    /// - Parameters:
    ///   - client: A running client.
    ///   - deadline: How long a command may take before the table serves; 500 ms by default.
    public init(client: RedisClient, deadline: Duration = .milliseconds(500)) {
        self.client = client
        self.deadline = deadline
    }

    /// Keeps a value; see the requirement.
    ///
    /// - Throws: `RedisError`, with code `invalidTTL` before anything is sent when `timeToLive` is not longer than zero.
    public func store(_ value: JSONValue, for handle: ApprovalHandle, timeToLive: Duration) async throws {
        var arguments = Self.keys(handle)
        arguments.append(bytes: value.compactBytes())
        arguments.append(try Self.milliseconds(timeToLive))
        _ = try await self.client.evaluate(Self.storing, with: arguments, within: self.deadline)
    }

    /// The value of a handle; see the requirement.
    ///
    /// - Throws: `RedisError`, with code `decoding` when something else is kept there.
    public func value(for handle: ApprovalHandle) async throws -> JSONValue? {
        try await self.client.getJSON("approval:\(handle.text)", within: self.deadline)
    }

    /// Removes a value for good; see the requirement.
    ///
    /// - Throws: `RedisError`, with code `invalidTTL` before anything is sent when `duration` is not longer than zero.
    public func forget(_ handle: ApprovalHandle, for duration: Duration) async throws {
        var arguments = Self.keys(handle)
        arguments.append(try Self.milliseconds(duration))
        _ = try await self.client.evaluate(Self.forgetting, with: arguments, within: self.deadline)
    }

    private static let storing = RedisScript(
        """
        if redis.call('EXISTS', KEYS[2]) == 1 then return 0 end
        redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
        return 1
        """)

    private static let forgetting = RedisScript(
        """
        redis.call('SET', KEYS[2], '1', 'PX', ARGV[1])
        return redis.call('DEL', KEYS[1])
        """)

    private static func keys(_ handle: ApprovalHandle) -> RedisScriptArguments {
        var arguments = RedisScriptArguments()
        arguments.append(key: "approval:\(handle.text)")
        arguments.append(key: "approval:\(handle.text):gone")
        return arguments
    }

    private static func milliseconds(_ duration: Duration) throws(RedisError) -> Int64 {
        guard duration > .zero, duration <= .seconds(100 * 366 * 86_400) else {
            throw RedisError(.invalidTTL, message: "a value in Redis must have a time to live above zero and up to 100 years")
        }
        let (seconds, attoseconds) = duration.components
        return seconds * 1_000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
    }
}
