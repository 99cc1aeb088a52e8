public import Migrations
public import Persistence

extension PersistenceError {
    /// The message, and for whoever may see it what the server or the system said about a connection that failed.
    ///
    /// One line, without the password of the URL. For the console of the operator; clients get ``description``.
    ///
    /// - Parameter url: The database that was to be used.
    public func reason(for url: DatabaseURL) -> String {
        guard self.code == .unavailable || self.code == .timedOut, let words = self.words(for: url) else { return self.message }
        return "\(self.message) (\(words))"
    }

    /// What the database itself said, in one line of at most 500 characters, without the password of the URL.
    fileprivate func words(for url: DatabaseURL) -> String? {
        guard let detail = self.detail else { return nil }
        var words = String(
            String.UnicodeScalarView(detail.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 }))
        if case .postgres(let location) = url.location {
            for password in location.passwords where !password.isEmpty {
                words = words.split(separator: password, omittingEmptySubsequences: false).joined(separator: "***")
            }
        }
        let line = words.split(separator: " ").joined(separator: " ")
        return line.isEmpty ? nil : String(line.prefix(500))
    }
}

extension MigrationError {
    /// The message, and what the database said about the statement that failed; for the console of the operator.
    ///
    /// - Parameter url: The database that was migrated.
    public func reason(for url: DatabaseURL) -> String {
        guard let words = (self.cause as? PersistenceError)?.words(for: url) else { return self.description }
        return "\(self.description) (\(words))"
    }
}

extension PostgresLocation {
    fileprivate var passwords: [String] {
        [self.password].compactMap { $0 } + self.parameters.filter { $0.name.lowercased().contains("pass") }.map(\.value)
    }
}
