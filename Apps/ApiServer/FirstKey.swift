import AppSupport
import Auth

/// The key that a newcomer gets.
struct FirstKey: Sendable {
    private let key: APIKey

    /// Registers the first user; `nil` when somebody is registered already.
    static func make(in store: KeyStore) async throws -> FirstKey? {
        guard try await !store.hasUsers() else { return nil }
        let created = try await store.createUser(
            email: nil, displayName: "first user", details: KeyDetails(label: "first key"))
        return FirstKey(key: created.key)
    }

    /// Prints the key, this once, and a call that works.
    func announce(address: String) {
        Program.say(
            """

            Gatehouse listens at \(address)
            Your first key, shown this once: \(self.key.text)
            Try it:

              curl -sS -X POST \(address)/api/v1/traces -H 'X-API-Key: \(self.key.text)' -H 'Content-Type: application/json' \\
                -d '{"title":"Ports in use","context_text":"bind: EADDRINUSE","solution_text":"Pick port 0","tags":["network"]}'

            """
        )
    }
}
