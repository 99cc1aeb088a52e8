import Foundation
import TestKit
import Testing

@testable import DocumentText

@Suite("Children that misbehave", .timeLimit(.minutes(3)))
struct ChildFailureTests {
    static let failures: [(behaviour: String, code: DocumentTextError.Code)] = [
        ("die", .crashed), ("trap", .crashed), ("eat", .crashed), ("silent", .crashed), ("chatter", .crashed),
        ("complain", .crashed),
        ("stop-writing", .crashed), ("spin", .timedOut), ("no-such-word", .crashed),
    ]

    @Test("fail their document with a reason", arguments: failures.indices)
    func fails(_ index: Int) async throws {
        let row = Self.failures[index]
        let error = try await Documents.failure(of: "marked.txt", name: nil, by: try Documents.process([row.behaviour]))
        #expect(error.code == row.code, "\(error.debugDescription)")
        #expect(error.detail.utf8.count < 8_192)
    }

    @Test("that are not there make reading unavailable")
    func isMissing() async throws {
        let process = try DocumentProcess(configuration: DocumentProcessConfiguration(executable: "/nonexistent/reader"))
        #expect(try await Documents.failure(of: "marked.txt", name: nil, by: process).code == .unavailable)
    }

    /// Lends a named pipe that children which hang hold open, and its reader, which ends when all of them have ended.
    private func withPipe(_ body: (String, ChildProcess) async throws -> Void) async throws {
        try await Documents.with("marked.txt") { folder in
            let path = "\(folder)/pipe"
            try #require(mkfifo(path, 0o600) == 0)
            try await withChildProcess("cat", arguments: [path]) { reader in try await body(folder, reader) }
        }
    }

    @Test("that hang are killed at the deadline, with all that they started")
    func killsLateOnes() async throws {
        try await self.withPipe { folder, reader in
            let process = try Documents.process(["hang", "\(folder)/pipe"]) { $0.deadline = .seconds(1) }
            let error = await #expect(throws: DocumentTextError.self) {
                try await process.extract(path: "\(folder)/marked.txt", name: nil, declaredType: nil)
            }
            #expect(error?.code == .timedOut)
            #expect(try await reader.waitForExit() == .exited(0))
        }
    }

    @Test("are killed when the task is cancelled, with all that they started")
    func killsCancelledOnes() async throws {
        try await self.withPipe { folder, reader in
            let process = try Documents.process(["hang", "\(folder)/pipe"])
            let task = Task { try await process.extract(path: "\(folder)/marked.txt", name: nil, declaredType: nil) }
            _ = try await reader.waitForLine { $0 == "hanging" }
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            #expect(try await reader.waitForExit() == .exited(0))
        }
    }

    #if os(Linux)
        @Test("end with their parent, even when that is killed, and take along what they started")
        func endsWithParent() async throws {
            try await self.withPipe { folder, reader in
                let arguments = ["parent", "\(folder)/marked.txt", "\(folder)/pipe"]
                try await withChildProcess(Documents.child, arguments: arguments) { parent in
                    _ = try await reader.waitForLine { $0 == "hanging" }
                    parent.send(signal: SIGKILL)
                    #expect(try await parent.waitForExit() == .signalled(SIGKILL))
                    #expect(try await reader.waitForExit() == .exited(0))
                }
            }
        }
    #endif

    @Test("leave their place to the next caller")
    func leavesPlace() async throws {
        try await self.withPipe { folder, reader in
            let process = try Documents.process(["hang", "\(folder)/pipe"]) {
                $0.concurrency = 1
                $0.maximumWaiters = 1
            }
            let first = Task { try await process.extract(path: "\(folder)/marked.txt", name: nil, declaredType: nil) }
            _ = try await reader.waitForLine { $0 == "hanging" }
            let second = Task { try await process.extract(path: "/nonexistent", name: nil, declaredType: nil) }
            while process.waiterCount < 1 { await Task.yield() }
            let third = await #expect(throws: DocumentTextError.self) {
                try await process.extract(path: "\(folder)/marked.txt", name: nil, declaredType: nil)
            }
            #expect(third?.code == .unavailable)
            #expect(third?.message.contains("Too many") == true)
            first.cancel()
            await #expect(throws: CancellationError.self) { try await first.value }
            let error = await #expect(throws: DocumentTextError.self) { try await second.value }
            #expect(error?.message.contains("opened") == true)
        }
    }
}

@Suite("Places for children")
struct ExtractionGateTests {
    @Test("are given in the order of asking, and a caller that gives up takes none")
    func keepsOrder() async throws {
        let gate = ExtractionGate(limit: 1, lineLimit: 3)
        try await gate.enter()
        let (entered, continuation) = AsyncStream.makeStream(of: Int.self)
        var tasks: [Task<Void, any Error>] = []
        for number in 0..<3 {
            tasks.append(
                Task {
                    try await gate.enter()
                    continuation.yield(number)
                })
            while gate.waiterCount <= number { await Task.yield() }
        }
        await #expect(throws: DocumentTextError.self) { try await gate.enter() }
        tasks[1].cancel()
        await #expect(throws: CancellationError.self) { try await tasks[1].value }
        var iterator = entered.makeAsyncIterator()
        gate.leave()
        #expect(await iterator.next() == 0)
        gate.leave()
        #expect(await iterator.next() == 2)
        gate.leave()
        try await gate.enter()
        #expect(gate.waiterCount == 0)
    }
}
