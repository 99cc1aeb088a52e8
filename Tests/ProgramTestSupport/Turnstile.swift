/// Lets only so many in at a time; the others wait in line.
///
/// All tests start at once, and a machine with few cores that starts fifty servers at once meets no deadline.
package actor Turnstile {
    package static let servers = Turnstile(places: 4)

    /// Whether the task has a place; it then waits for no second one, as everybody who has one might.
    @TaskLocal private static var hasPlace = false

    private var places: Int
    private var line: [CheckedContinuation<Void, Never>] = []

    package init(places: Int) {
        self.places = places
    }

    private func enter() async {
        if self.places > 0 {
            self.places -= 1
        } else {
            await withCheckedContinuation { self.line.append($0) }
        }
    }

    private func leave() {
        if self.line.isEmpty {
            self.places += 1
        } else {
            self.line.removeFirst().resume()
        }
    }

    /// Runs `body` when there is a place; at once within another such body.
    package nonisolated func withPlace<Value>(_ body: () async throws -> Value) async throws -> Value {
        if Self.hasPlace { return try await body() }
        await self.enter()
        let result: Result<Value, any Error>
        do {
            result = .success(try await Self.$hasPlace.withValue(true) { try await body() })
        } catch {
            result = .failure(error)
        }
        await self.leave()
        return try result.get()
    }
}
