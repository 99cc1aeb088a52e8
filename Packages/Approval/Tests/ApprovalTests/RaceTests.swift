@testable import Approval
import ApprovalTestSupport
import DatabaseTestSupport
import Foundation
import Identity
import Persistence
import TestKit
import Testing

@Suite("Races")
struct RaceTests {
    typealias Fixture = ApprovalFixture

    /// The program beside the tests.
    static let probe: String = {
        #if os(macOS)
            let bundle = Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") } ?? .main
            let folder = bundle.bundleURL.deletingLastPathComponent()
        #else
            let folder = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        #endif
        return folder.appending(path: "ApprovalProbe").path(percentEncoded: false)
    }()

    private func issue(_ numbers: Range<Int>, at fixture: Fixture) async throws -> [(ApprovalToken, Int)] {
        var tokens: [(ApprovalToken, Int)] = []
        for number in numbers {
            let issued = try #require(try await fixture.desk.issue(Race.draft(number: number)).issued)
            // Every second one can be spent from the start, so that spending wins often enough.
            if number.isMultiple(of: 2) {
                _ = try await fixture.desk.decide(ApprovalReference(issued.handle), .approve, by: Race.caller("admin-0"))
            }
            tokens.append((issued.token, number))
        }
        return tokens
    }

    private func race(at fixture: Fixture) -> Race {
        Race(
            desk: fixture.desk,
            lateDesk: fixture.anotherDesk(now: { fixture.time.now.advanced(by: .seconds(90_000)) }))
    }

    /// Holds what was recorded of one approval against what became of it.
    ///
    /// - Returns: The stage at which it ended.
    private func check(
        _ token: ApprovalToken, _ number: Int, _ records: [RaceRecord], attempts: Int, at fixture: Fixture
    ) async throws -> String {
        let handle = token.handle.text
        let comment = Comment(rawValue: "number \(number): \(records.map(\.line))")
        let done = records.filter { $0.phase == "done" }.map(\.word)
        let ends = done.filter { $0 != "APPROVED" && $0 != "PENDING" }
        let status = try await fixture.status(token.handle)?.rawValue
        #expect(ends.count == 1, comment)
        #expect(ends.first == status, comment)
        #expect(done.count { $0 == "APPROVED" } <= 1, comment)
        if ends == ["USED"] { #expect(done.contains("APPROVED"), comment) }
        if ends == ["DENIED"] { #expect(!done.contains("APPROVED"), comment) }
        // Everybody is on record, none of them without an answer, and the losers were told what was the case.
        let outcomes = records.filter { $0.phase != "intent" }
        #expect(Set(outcomes.map(\.attempt)).count == outcomes.count, comment)
        #expect(outcomes.count { $0.action != "expire" && $0.action != "issue" } == attempts, comment)
        #expect(!outcomes.contains { $0.phase == "failed" }, comment)
        let intents = Set(records.filter { $0.phase == "intent" }.map(\.attempt))
        #expect(outcomes.allSatisfy { $0.phase != "done" || intents.contains($0.attempt) }, comment)
        let truths = Set(done + ["not_decided", "already_voted", "expired"])
        #expect(outcomes.allSatisfy { $0.phase != "refused" || truths.contains($0.word) }, comment)
        #expect(try await fixture.count("approval_keys", "token = \(handle)") == 0, comment)
        return status ?? "-"
    }

    @Test("H8: have one winner, and losers who are told why", arguments: Setup.allCases)
    func inOneProcess(_ setup: Setup) async throws {
        try await Fixture.with(setup) { fixture in
            let race = self.race(at: fixture)
            var ends: [String: Int] = [:]
            let total = TestRun.count(60, long: 50_000)
            for start in stride(from: 0, to: total, by: 20) {
                let tokens = try await self.issue(start..<min(start + 20, total), at: fixture)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for (token, number) in tokens { group.addTask { try await race.run(token, number: number) } }
                    try await group.waitForAll()
                }
                let records = Dictionary(grouping: fixture.ledger.events.map { RaceRecord($0) }, by: \.handle)
                fixture.ledger.removeAll()
                for (token, number) in tokens {
                    let attempts = Race.attempts(number: number) + (number.isMultiple(of: 2) ? 1 : 0)
                    let end = try await self.check(
                        token, number, records[token.handle.text] ?? [], attempts: attempts, at: fixture)
                    ends[end, default: 0] += 1
                    let read = try await fixture.desk.request(ApprovalReference(token.handle), in: Race.caller("x").organisation)
                    #expect(read?.status.rawValue == end)
                }
            }
            print("races at \(setup.rawValue): \(ends.sorted { $0.key < $1.key })")
        }
    }

    @Test("H8: have one winner among two processes", arguments: TestStore.allCases)
    func inTwoProcesses(_ store: TestStore) async throws {
        try await Fixture.with(store == .sqlite ? .sqlite : .postgres) { fixture in
            let total = TestRun.count(40, long: 900)
            let tokens = try await self.issue(0..<total, at: fixture)
            let all = try await withTemporaryDirectory { folder -> [RaceRecord] in
                let file = "\(folder)/tokens"
                let text = tokens.map { "\($0.0.text) \($0.1)\n" }.joined()
                try text.write(toFile: file, atomically: true, encoding: .utf8)
                let environment = [
                    "PROBE_URL": "\(fixture.url)", "PROBE_SECRET": Fixture.secretText, "PROBE_TOKENS": file,
                    "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin",
                ]
                return try await withChildProcess(Self.probe, environment: environment) { child in
                    _ = try await child.waitForLine { $0 == "ready" }
                    let race = self.race(at: fixture)
                    for (token, number) in tokens { try await race.run(token, number: number) }
                    #expect(try await child.waitForExit(within: .seconds(300)) == .exited(0))
                    let lines = child.output().lines
                    #expect(lines.last == "done")
                    return fixture.ledger.events.map { RaceRecord($0) } + lines.compactMap { RaceRecord(line: $0) }
                }
            }
            let records = Dictionary(grouping: all, by: \.handle)
            var winners = 0
            for (token, number) in tokens {
                let found = records[token.handle.text] ?? []
                let attempts = 2 * Race.attempts(number: number) + (number.isMultiple(of: 2) ? 1 : 0)
                _ = try await self.check(token, number, found, attempts: attempts, at: fixture)
                winners += found.count { $0.phase == "done" }
            }
            #expect(winners >= total)
        }
    }
}
