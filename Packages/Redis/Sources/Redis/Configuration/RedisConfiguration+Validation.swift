extension RedisConfiguration {
    /// Checks all ranges.
    ///
    /// - Throws: ``RedisError`` with code `invalidConfiguration` that names the first setting that is out of its range.
    func validate() throws(RedisError) {
        let durations = [
            ("commandTimeout", self.commandTimeout), ("connectTimeout", self.connectTimeout),
            ("silenceTimeout", self.silenceTimeout),
            ("shutdownTimeout", self.shutdownTimeout), ("shortestBackoff", self.shortestBackoff),
            ("longestBackoff", self.longestBackoff), ("subscriptionProbeInterval", self.subscriptionProbeInterval),
        ]
        for (name, duration) in durations where duration <= .zero || duration > .seconds(86_400) {
            throw Self.invalid("\(name) must be longer than zero and at most a day")
        }
        guard self.shortestBackoff <= self.longestBackoff else {
            throw Self.invalid("shortestBackoff is longer than longestBackoff")
        }
        let counts = [
            ("queueLimit", self.queueLimit), ("queueByteLimit", self.queueByteLimit), ("replyByteLimit", self.replyByteLimit),
            ("replyElementLimit", self.replyElementLimit), ("subscriptionBufferLimit", self.subscriptionBufferLimit),
        ]
        for (name, count) in counts where count < 1 || count > 1 << 40 { throw Self.invalid("\(name) must be 1 or more") }
        if let name = self.clientName {
            guard !name.isEmpty, name.utf8.allSatisfy({ 0x21...0x7E ~= $0 }) else {
                throw Self.invalid("clientName must be printable ASCII without blanks")
            }
        }
    }

    private static func invalid(_ message: String) -> RedisError {
        RedisError(.invalidConfiguration, message: message)
    }
}
