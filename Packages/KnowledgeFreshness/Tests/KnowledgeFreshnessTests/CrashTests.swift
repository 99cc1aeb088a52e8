import DatabaseTestSupport
import Foundation
import OutboundTestSupport
import Persistence
import Staleness
import TestKit
import Testing

@testable import KnowledgeFreshness

@Suite("Crash", .timeLimit(.minutes(3)))
struct CrashTests {
    /// The program beside the tests.
    private static let probe: String = {
        #if os(macOS)
            let bundle = Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") } ?? .main
            let folder = bundle.bundleURL.deletingLastPathComponent()
        #else
            let folder = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        #endif
        return folder.appending(path: "KnowledgeFreshnessProbe").path(percentEncoded: false)
    }()

    private func withProbe<Value>(
        _ fixture: FreshnessFixture, _ server: ScriptedServer, step: CheckStep? = nil,
        _ body: (ChildProcess) async throws -> Value
    ) async throws -> Value {
        let environment = [
            "PROBE_URL": "\(fixture.url)", "PROBE_INDEX": "http://127.0.0.1:\(server.port)/simple",
            "PROBE_STEP": step?.rawValue ?? "",
            "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin",
        ]
        return try await withChildProcess(Self.probe, environment: environment, grace: .zero) { child in
            _ = try await child.waitForLine { $0 == "ready" }
            return try await body(child)
        }
    }

    /// An index that has every package in two versions.
    private func withIndex(_ body: (ScriptedServer) async throws -> Void) async throws {
        try await withScriptedServer { _, _ in
            httpAnswer(
                #"{"meta":{"api-version":"1.1"},"versions":["1.0","2.0"],"files":[]}"#,
                fields: "Content-Type: application/vnd.pypi.simple.v1+json\r\n")
        } _: { server in
            try await body(server)
        }
    }

    @Test(
        "loses nothing: after kill -9 at any step another process checks, when the lease has run out",
        arguments: TestStore.allCases)
    func kill(_ store: TestStore) async throws {
        for step in CheckStep.allCases {
            try await FreshnessFixture.with(store) { fixture async throws in
                try await self.withIndex { server async throws in
                    // Stored and never queued, as if the server had died right after its answer.
                    let id = try await fixture.add("numpy==1.0")
                    let end = try await self.withProbe(fixture, server, step: step) { try await $0.waitForExit() }
                    #expect(end == .signalled(9))
                    #expect(try await fixture.isStale(id) == (step == .ended), "\(step)")
                    #expect(try await fixture.count("lease IS NOT NULL") == (step == .ended ? 0 : 1), "\(step)")
                    #expect(server.requests.count == (step == .taken ? 0 : 1))
                    if step != .ended {
                        // Time passes.
                        let past = Timestamp.now().advanced(by: .seconds(-1))
                        try await fixture.run("UPDATE trace_freshness SET lease_until = \(past)")
                    }
                    try await self.withProbe(fixture, server) { _ in
                        for _ in 0..<2_000 where try await fixture.freshness(id) == .unchecked {
                            try await Task.sleep(for: .milliseconds(10))
                        }
                    }
                    #expect(try await fixture.freshness(id).grade == .major)
                    #expect(try await fixture.isStale(id) == true)
                    #expect(try await fixture.count("lease IS NOT NULL") == 0)
                }
            }
        }
    }

    @Test("two processes share the checks, and each trace is checked once", arguments: TestStore.allCases)
    func twoProcesses(_ store: TestStore) async throws {
        let count = TestRun.count(40, long: 1_000)
        try await FreshnessFixture.with(store) { fixture async throws in
            try await self.withIndex { server async throws in
                try await self.withProbe(fixture, server) { _ in
                    try await self.withProbe(fixture, server) { _ in
                        for number in 0..<count { try await fixture.add("pkg\(number)==1.0", createdAt: .now()) }
                        for _ in 0..<2_000 where try await fixture.count("grade = 'major'") < count {
                            try await Task.sleep(for: .milliseconds(10))
                        }
                    }
                }
                #expect(try await fixture.count("grade = 'major' AND lease IS NULL") == count)
                let paths = server.requests.compactMap { $0.split(separator: " ").dropFirst().first }
                #expect(paths.count == count && Set(paths).count == count)
            }
        }
    }
}
