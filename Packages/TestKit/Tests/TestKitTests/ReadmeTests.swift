import TestKit
import Testing

@Suite("README of TestKit")
struct ReadmeTests {
    @Test("has an example that works")
    func exampleWorks() async throws {
        let clock = ManualClock()
        let sleeper = Task { try await clock.sleep(for: .seconds(5)) }
        await clock.waitForSleepers(1)
        clock.advance(by: .seconds(5))
        try await sleeper.value

        try await withTemporaryDirectory { path in
            try await withChildProcess("/bin/sh", arguments: ["-c", "echo ready; exec cat"], workingDirectory: path) { child in
                _ = try await child.waitForLine { $0 == "ready" }
                try await child.waitForExit()
            }
        }

        #expect(clock.sleeperCount == 0)
    }
}
