import AppSupport
import Auth
import Logging

/// What a newcomer reads when the server listens for the first time.
struct Welcome {
    let address: String
    let keys: KeyStore

    /// Prints where the server listens; and, while nobody is registered, a first key, this once, with a call that works.
    ///
    /// The key is made only now, when nothing can keep it from being read.
    func say(logger: Logger) async {
        do {
            guard try await !self.keys.hasUsers() else {
                Program.say("\nGatehouse listens at \(self.address)\nA further key: api-server keys create\n")
                return
            }
            let created = try await self.keys.createUser(
                email: nil, displayName: "first user", details: KeyDetails(label: "first key"))
            self.show(created.key)
        } catch {
            logger.error("no first key", metadata: ["error": .string(String(reflecting: error))])
        }
    }

    private func show(_ key: APIKey) {
        Program.say(
            """

            Gatehouse listens at \(self.address)
            Your first key, shown this once: \(key.text)
            Try it:

              curl -sS -X POST \(self.address)/api/v1/traces -H 'X-API-Key: \(key.text)' -H 'Content-Type: application/json' \\
                -d '{"title":"Ports in use","context_text":"bind: EADDRINUSE","solution_text":"Pick port 0","tags":["network"]}'

            """
        )
    }
}
