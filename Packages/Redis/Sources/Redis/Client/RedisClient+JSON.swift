public import StrictJSON

extension RedisClient {
    /// Stores a value as compact JSON under a key, for a limited time, in place of what was there.
    ///
    /// - Parameters:
    ///   - value: The value.
    ///   - key: The key, such as `approval:3f2a`.
    ///   - timeToLive: How long the server keeps the value, longer than zero; parts of a millisecond are rounded up.
    ///   - deadline: How long the command may take; the command timeout if nil.
    /// - Throws: ``RedisError``, with code `invalidTTL` before anything is sent when `timeToLive` is not longer than zero, or
    ///   longer than 100 years; else as ``send(_:within:)``.
    public func setJSON(
        _ value: JSONValue, for key: String, timeToLive: Duration, within deadline: Duration? = nil
    ) async throws(RedisError) {
        let milliseconds = try Self.milliseconds(timeToLive)
        let command = RedisCommand("SET", key, value.compactBytes(), "PX", milliseconds)
        guard case .status("OK") = try await self.send(command, within: deadline) else {
            throw RedisError(.decoding, message: "Redis answered SET with something else than OK")
        }
    }

    /// The value that was stored under a key; nil when there is none, or its time is over.
    ///
    /// - Throws: ``RedisError``, with code `decoding` when something is stored that is no JSON; else as ``send(_:within:)``.
    public func getJSON(_ key: String, within deadline: Duration? = nil) async throws(RedisError) -> JSONValue? {
        switch try await self.send(RedisCommand("GET", key), within: deadline) {
        case .null:
            return nil
        case .string(let bytes):
            do throws(JSONError) {
                return try JSONValue(parsing: bytes, options: Self.everything)
            } catch {
                throw RedisError(.decoding, message: "a value in Redis is no JSON", cause: error)
            }
        default:
            throw RedisError(.decoding, message: "Redis answered GET with something else than a string")
        }
    }

    /// Removes keys; those that do not exist are no error.
    ///
    /// - Returns: How many existed.
    /// - Throws: ``RedisError`` as ``send(_:within:)``.
    @discardableResult
    public func delete(_ keys: String..., within deadline: Duration? = nil) async throws(RedisError) -> Int {
        if keys.isEmpty { return 0 }
        var command = RedisCommand("DEL", minimumCapacity: 64)
        for key in keys { command.append(key) }
        guard case .integer(let count) = try await self.send(command, within: deadline) else {
            throw RedisError(.decoding, message: "Redis answered DEL with something else than a number")
        }
        return Int(count)
    }

    /// What is stored was a value before, so all that a value can be is read back.
    private static let everything = JSONParsingOptions(maximumDepth: JSONParsingOptions.greatestDepth, allowsNUL: true)

    /// The form of a time to live that `PX` takes.
    static func milliseconds(_ timeToLive: Duration) throws(RedisError) -> Int64 {
        guard timeToLive > .zero, timeToLive <= .seconds(100 * 366 * 86_400) else {
            throw RedisError(.invalidTTL, message: "a value in Redis must have a time to live above zero and up to 100 years")
        }
        let (seconds, attoseconds) = timeToLive.components
        return seconds * 1_000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
    }
}
