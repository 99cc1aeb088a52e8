import Dispatch
import ProgramTestSupport
import StrictJSON
import Synchronization
import Testing

/// Clients that share traces one after the other until they are told to stop, and note every answer.
final class SteadyLoad: Sendable {
    struct Answer: Sendable {
        let status: Int
        let retryAfter: String?
        let detail: String
        let id: String?
        let duration: Duration
    }

    private struct State {
        var answers: [Answer] = []
        var failures: [String] = []
        var isStopped = false
    }

    private let state = Mutex(State())

    var answers: [Answer] { self.state.withLock { $0.answers } }
    /// Requests that got no answer at all.
    var failures: [String] { self.state.withLock { $0.failures } }

    /// Runs a body under load.
    func run(_ server: RunningServer, key: String, clients: Int, _ body: () async throws -> Void) async throws {
        let (client, state) = (server.client, self)
        let workers = (0..<clients).map { number in
            Task {
                while !state.state.withLock({ $0.isStopped }) { await state.ask(client, key: key, number: number) }
            }
        }
        let result: Result<Void, any Error>
        do {
            result = .success(try await body())
        } catch {
            result = .failure(error)
        }
        self.state.withLock { $0.isStopped = true }
        for worker in workers { await worker.value }
        try result.get()
    }

    /// Waits until so many answers since a moment have a status.
    func wait(for count: Int, of statuses: Set<Int>, after start: Int = 0) async throws {
        for _ in 0..<3_000 {
            let found = self.state.withLock { state in
                state.answers.dropFirst(start).count { statuses.contains($0.status) }
            }
            if found >= count { return }
            try await Task.sleep(for: .milliseconds(10))
        }
        let last = self.answers.suffix(5).map { "\($0.status) \($0.detail)" }
        Issue.record("no \(count) answers \(statuses) within 30 s; the last were \(last), \(self.failures.suffix(3))")
    }

    private func ask(_ client: HTTPClient, key: String, number: Int) async {
        let start = ContinuousClock.now
        let body =
            #"{"title":"t","context_text":"c","solution_text":"s","tags":["all","client-\#(number)"]}"#
        do {
            let answer = try await client.send("POST", "/api/v1/traces", key: key, body: body)
            let json = try? answer.json()
            let entry = Answer(
                status: answer.status, retryAfter: answer["Retry-After"], detail: json?["detail"]?.stringValue ?? "",
                id: json?["id"]?.stringValue, duration: start.duration(to: .now))
            self.state.withLock { $0.answers.append(entry) }
        } catch {
            self.state.withLock { $0.failures.append("\(error)") }
        }
    }
}
