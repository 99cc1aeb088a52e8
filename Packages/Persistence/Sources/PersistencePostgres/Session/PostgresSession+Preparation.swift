import Persistence

extension PostgresSession {
    /// Sets what every session of ours goes by: UTC, and the limits of time.
    ///
    /// - Throws: ``PersistenceError`` with `unavailable` when the server does not do it within the limit.
    func prepareForUse(limit: Duration) throws(PersistenceError) {
        let configuration = self.channel.configuration
        var settings: [(String, String)] = [
            ("TimeZone", "UTC"), ("array_nulls", "on"),
            ("statement_timeout", Self.milliseconds(configuration.statementTimeout)),
            ("lock_timeout", Self.milliseconds(configuration.lockTimeout)),
        ]
        if self.channel.connection.serverVersion >= 140_000 {
            // A server that finds its client gone stops working for it.
            settings.append(("client_connection_check_interval", "1000"))
        }
        settings += Defaults.reading.settings
        let calls = settings.map { name, value in "set_config('\(name)', '\(value)', false)" }
        let frozen = "current_setting('default_transaction_read_only')"
        let group = CommandGroup(alone: "SELECT \(([frozen] + calls).joined(separator: ", "))")
        let answer: CommandGroup.Answer
        do {
            answer = try self.channel.exchange(group, isInterruptible: true, limit: limit)
        } catch {
            guard error.code == .timedOut else { throw error }
            throw PersistenceError(.unavailable, message: error.message)
        }
        switch answer {
        case .success(let result): self.isFrozen = result?.firstText == "on"
        case .failure(let failure, _): throw failure.error(isInterrupted: self.channel.isInterrupted)
        }
        self.defaults = .reading
    }

    /// Asks the server for a sign of life.
    func isAlive() -> Bool {
        self.channel.settle()
        guard self.channel.connection.isUsable else { return false }
        do {
            let answer = try self.channel.exchange(CommandGroup(alone: "SELECT 1"), isInterruptible: false, limit: .seconds(2))
            if case .success = answer { return true }
        } catch {
            // Whatever it was, another connection is opened instead.
        }
        return false
    }

    private static func milliseconds(_ duration: Duration?) -> String {
        // The server's own limit, about 25 days; what is longer would be refused, and the connection with it.
        String(duration.map { Int32(min($0, .milliseconds(Int32.max)) / .milliseconds(1)) } ?? 0)
    }
}
