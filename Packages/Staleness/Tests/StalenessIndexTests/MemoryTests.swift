import OutboundTestSupport
import Staleness
import Synchronization
import TestKit
import Testing

@testable import StalenessIndex

@Suite("What a client of an index remembers")
struct MemoryTests {
    @Test("is confirmed by its tag when it is old")
    func tag() async throws {
        try await ScriptedIndex.with { number, request in
            switch number {
            case 1: simpleAnswer(fields: "ETag: \"one\"\r\n")
            case 2: [.write("HTTP/1.1 304 Not Modified\r\nETag: \"one\"\r\n\r\n")]
            default: simpleAnswer(["1.0", "3.0"], fields: "ETag: \"two\"\r\n")
            }
        } _: { index async throws in
            #expect(try await index.grade("1.0").latest == "2.3.1")
            index.clock.advance(by: .seconds(899))
            #expect(try await index.grade("1.0").latest == "2.3.1" && index.server.requests.count == 1)
            index.clock.advance(by: .seconds(1))
            #expect(try await index.grade("1.0").latest == "2.3.1" && index.server.requests.count == 2)
            #expect(index.server.requests[1].lowercased().contains("\r\nif-none-match: \"one\"\r\n"))
            #expect(index.count("unchanged") == "1.0")
            index.clock.advance(by: .seconds(899))
            _ = try await index.grade("1.0")
            #expect(index.server.requests.count == 2)
            index.clock.advance(by: .seconds(1))
            #expect(try await index.grade("1.0").latest == "3.0")
            #expect(index.server.requests.count == 3)
        }
    }

    @Test("never stands in for an answer that fails, and a failure is not repeated at once")
    func failure() async throws {
        try await ScriptedIndex.with { number, _ in
            number == 2 ? simpleAnswer(status: "500 Oops") : simpleAnswer()
        } _: { index async throws in
            #expect(try await index.grade("2.3.1").freshness == .current)
            index.clock.advance(by: .seconds(900))
            #expect(try await index.grade("2.3.1").freshness == .unknown)
            index.clock.advance(by: .seconds(29))
            #expect(try await index.grade("2.3.1").freshness == .unknown && index.server.requests.count == 2)
            index.clock.advance(by: .seconds(1))
            #expect(try await index.grade("2.3.1").freshness == .current && index.server.requests.count == 3)
        }
    }

    @Test("is bounded in packages and in versions")
    func bounded() async throws {
        try await ScriptedIndex.with(change: {
            $0.packageLimit = 3
            $0.versionLimit = 100
        }) { _, request in
            let name = request.split(separator: "/").dropFirst(2).first.map(String.init) ?? ""
            return simpleAnswer((0..<(name == "p9" ? 200 : 40)).map { "1.\($0)" }, name: name)
        } _: { index async throws in
            for name in ["p1", "p2", "p3"] { #expect(try await index.grade("1.0", name).latest == "1.39") }
            #expect(index.client.remembered.packages == 2 && index.client.remembered.versions == 80)
            // What alone is more than all may be is not remembered, and is answered.
            #expect(try await index.grade("1.0", "p9").latest == "1.199")
            #expect(index.client.remembered.packages == 2)
            _ = try await index.grade("1.0", "p2")
            #expect(index.server.requests.count == 4)
            _ = try await index.grade("1.0", "p1")
            #expect(index.server.requests.count == 5)
        }
    }

    @Test("lets callers at one time share a question")
    func shared() async throws {
        let gate = AsyncStream.makeStream(of: Void.self)
        try await ScriptedIndex.with { _, _ in
            gate.continuation.yield()
            return [.drip("HTTP/1.1 "), .write("404 Not Found\r\nContent-Length: 0\r\n\r\n")]
        } _: { index async throws in
            try await withThrowingTaskGroup(of: IndexAnswer.self) { group in
                for _ in 0..<20 { group.addTask { try await index.answer() } }
                for try await answer in group { #expect(answer == .absent) }
            }
            #expect(index.server.requests.count == 1)
        }
    }

    @Test("goes on for the others when the caller that asked gives up")
    func leaderGivesUp() async throws {
        let asked = AsyncStream.makeStream(of: Void.self)
        try await ScriptedIndex.with { number, _ in
            asked.continuation.yield()
            return number == 1 ? [] : simpleAnswer()
        } _: { index async throws in
            let leader = Task { try await index.failure() }
            var questions = asked.stream.makeAsyncIterator()
            await questions.next()
            let follower = Task { try await index.grade("1.0").latest }
            let impatient = Task { try await index.failure() }
            let name = try #require(PythonPackageName("pkg"))
            while index.client.followerCount(of: name) < 2 { await Task.yield() }
            impatient.cancel()
            #expect(try await impatient.value == .cancelled)
            leader.cancel()
            #expect(try await leader.value == .cancelled)
            #expect(try await follower.value == "2.3.1")
            #expect(index.server.requests.count == 2)
            #expect(await index.server.waitForEnds(1))
        }
    }
}
