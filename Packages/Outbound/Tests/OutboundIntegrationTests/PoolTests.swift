import HTTPTypes
import Logging
import Outbound
import OutboundTestSupport
import ServiceLifecycle
import TestKit
import Testing

@Suite("Bounds and kept connections")
struct PoolTests {
    @Test("let a bounded number of requests run at once")
    func boundedConcurrency() async throws {
        try await withScriptedServer(script: { _, _ in [] }) { server in
            let client = try makeClient("127.0.0.1:\(server.port)") { $0.concurrencyLimit = 3 }
            let url = try OutboundURL(parsing: "http://127.0.0.1:\(server.port)/")
            let running = (0..<10).map { _ in Task { await failure { try await client.send(OutboundRequest(.get, url)) } } }
            while server.requests.count < 3 { await Task.yield() }
            for _ in 0..<1_000 { await Task.yield() }
            #expect(server.requests.count == 3 && server.connectionCount == 3)
            for task in running { task.cancel() }
            for task in running { #expect(await task.value?.code == .cancelled) }
            client.close()
        }
    }

    @Test("give every request its turn")
    func everyTurn() async throws {
        let count = TestRun.count(100, long: 5_000)
        try await withScriptedServer(script: { number, _ in
            httpAnswer("x", fields: number % 2 == 0 ? "Connection: close\r\n" : "")
        }) {
            server in
            let client = try makeClient("127.0.0.1:\(server.port)") {
                $0.concurrencyLimit = 3
                $0.waitingLimit = count
            }
            let url = try OutboundURL(parsing: "http://127.0.0.1:\(server.port)/")
            let statuses = try await withThrowingTaskGroup(of: Int.self) { tasks in
                for _ in 0..<count { tasks.addTask { try await client.send(OutboundRequest(.get, url)).status } }
                return try await tasks.reduce(into: [Int]()) { $0.append($1) }
            }
            #expect(statuses == [Int](repeating: 200, count: count))
            client.close()
        }
    }

    @Test("refuse who finds the line full, and let the next one in when a place is free")
    func fullLine() async throws {
        try await withScriptedServer(script: { number, _ in number == 1 ? [] : httpAnswer("x") }) { server in
            let client = try makeClient("127.0.0.1:\(server.port)") {
                $0.concurrencyLimit = 1
                $0.waitingLimit = 1
            }
            let url = try OutboundURL(parsing: "http://127.0.0.1:\(server.port)/")
            let running = Task { await failure { try await client.send(OutboundRequest(.get, url)) } }
            while server.requests.isEmpty { await Task.yield() }
            // One of the two waits, the other finds the line full, whichever comes first.
            let outcomes = await withTaskGroup(of: OutboundError.Code?.self) { tasks in
                for _ in 0..<2 { tasks.addTask { await failure { try await client.send(OutboundRequest(.get, url)) }?.code } }
                let first = await tasks.next() ?? nil
                running.cancel()
                return [first, await tasks.next() ?? nil]
            }
            #expect(outcomes == [.overloaded, nil])
            #expect(await running.value?.code == .cancelled)
            client.close()
        }
    }

    @Test("give up waiting for a place at the deadline")
    func waitingHasDeadline() async throws {
        try await withScriptedServer(script: { _, _ in [] }) { server in
            let client = try makeClient("127.0.0.1:\(server.port)") { $0.hostConcurrencyLimit = 1 }
            let url = try OutboundURL(parsing: "http://127.0.0.1:\(server.port)/")
            let running = Task { await failure { try await client.send(OutboundRequest(.get, url)) } }
            while server.requests.isEmpty { await Task.yield() }
            var request = OutboundRequest(.get, url)
            request.timeout = .milliseconds(100)
            let error = await failure { try await client.send(request) }
            #expect(error?.code == .timedOut && error?.mayHaveBeenSent == false)
            running.cancel()
            _ = await running.value
            client.close()
        }
    }

    @Test("keep one busy host from holding up another")
    func hostsApart() async throws {
        try await withScriptedServer(script: { _, _ in [] }) { stuck in
            try await withScriptedServer(script: { _, _ in httpAnswer("x") }) { server in
                let client = try makeClient("127.0.0.1:\(stuck.port), 127.0.0.1:\(server.port)") { $0.hostConcurrencyLimit = 2 }
                let stuckURL = try OutboundURL(parsing: "http://127.0.0.1:\(stuck.port)/")
                let url = try OutboundURL(parsing: "http://127.0.0.1:\(server.port)/")
                let running = (0..<5).map { _ in
                    Task { await failure { try await client.send(OutboundRequest(.get, stuckURL)) } }
                }
                while stuck.requests.count < 2 { await Task.yield() }
                #expect(try await client.send(OutboundRequest(.get, url)).status == 200)
                #expect(stuck.connectionCount == 2)
                for task in running { task.cancel() }
                for task in running { #expect(await task.value?.code == .cancelled) }
                client.close()
            }
        }
    }

    @Test(
        "do not keep a connection that must not be used again",
        arguments: [
            httpAnswer("x", fields: "Connection: close\r\n"),
            httpAnswer("x") + [.write("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil")],
            httpAnswer("x") + [.write("junk")], httpAnswer("x") + [.close], httpAnswer("x") + [.endOutput],
            [.write("HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nx")],
        ] as [[ScriptedStep]])
    func notKept(_ steps: [ScriptedStep]) async throws {
        try await withScriptedServer(script: { _, _ in steps }) { server in
            let client = try makeClient("127.0.0.1:\(server.port)")
            let url = try OutboundURL(parsing: "http://127.0.0.1:\(server.port)/")
            for count in 1...3 {
                #expect(try await client.send(OutboundRequest(.get, url)).body == Array("x".utf8))
                #expect(await server.waitForEnds(count))
            }
            #expect(server.connectionCount == 3)
            client.close()
        }
    }

    @Test("end the connection of a body that nobody read to its end")
    func unreadBody() async throws {
        try await withScriptedServer(script: { _, _ in httpAnswer("x") + httpAnswer("y") }) { server in
            let client = try makeClient("127.0.0.1:\(server.port)")
            let url = try OutboundURL(parsing: "http://127.0.0.1:\(server.port)/")
            let body = try await client.withResponse(to: OutboundRequest(.get, url)) { _, body in body }
            #expect(await server.waitForEnds(1))
            var pieces = body.makeAsyncIterator()
            #expect(await failure { try await pieces.next() }?.code == .closed)
            client.close()
        }
    }

    @Test("send a repeatable request again when a kept connection breaks, and no other", arguments: [true, false])
    func repeatable(_ isRepeatable: Bool) async throws {
        try await withScriptedServer(script: { number, _ in number == 2 ? [.close] : httpAnswer("x") }) { server in
            let client = try makeClient("127.0.0.1:\(server.port)")
            let url = try OutboundURL(parsing: "http://127.0.0.1:\(server.port)/")
            #expect(try await client.send(OutboundRequest(.post, url)).status == 200)
            var request = OutboundRequest(.post, url)
            request.isRepeatable = isRepeatable
            let error = await failure { try await client.send(request) }
            #expect(error?.code == (isRepeatable ? nil : .connectionLost))
            #expect(isRepeatable || error?.mayHaveBeenSent == true)
            #expect(server.requests.count == (isRepeatable ? 3 : 2))
            client.close()
        }
    }

    @Test("close idle connections after their time, and the oldest when there are too many")
    func idleConnectionsEnd() async throws {
        try await withScriptedServer(script: { _, _ in httpAnswer("x") }) { server in
            let client = try makeClient("127.0.0.1:\(server.port)") { $0.idleConnectionLimit = 2 }
            for name in ["a", "b", "c"] {
                let url = try OutboundURL(parsing: "http://\(name).example:\(server.port)/")
                _ = try await client.send(OutboundRequest(.get, url))
            }
            #expect(await server.waitForEnds(1))
            client.close()
            #expect(await server.waitForEnds(3))
            let hasty = try makeClient("127.0.0.1:\(server.port)") { $0.idleTimeout = .milliseconds(50) }
            _ = try await hasty.send(OutboundRequest(.get, try OutboundURL(parsing: "http://d.example:\(server.port)/")))
            #expect(await server.waitForEnds(4))
        }
    }

    @Test("end with the service group, and take nothing afterwards")
    func closeWithGroup() async throws {
        try await withScriptedServer(script: { _, _ in httpAnswer("x") }) { server in
            let client = try makeClient("127.0.0.1:\(server.port)")
            let url = try OutboundURL(parsing: "http://127.0.0.1:\(server.port)/")
            let group = ServiceGroup(
                configuration: ServiceGroupConfiguration(services: [.init(service: client)], logger: Logger(label: "group")))
            let run = Task { try await group.run() }
            #expect(try await client.send(OutboundRequest(.get, url)).status == 200)
            await group.triggerGracefulShutdown()
            try await run.value
            #expect(await server.waitForEnds(1))
            #expect(await failure { try await client.send(OutboundRequest(.get, url)) }?.code == .closed)
        }
    }

    @Test("are checked when the client is made")
    func settingsAreChecked() {
        let changes: [(inout OutboundConfiguration) -> Void] = [
            { $0.wholeTimeout = .zero }, { $0.connectTimeout = .seconds(90_000) }, { $0.idleTimeout = .seconds(-1) },
            { $0.concurrencyLimit = 0 }, { $0.responseHeadLimit = 10 }, { $0.responseBodyLimit = .max },
            { $0.userAgent = "a\r\nb" },
            { $0.userAgent = "" }, { $0.caFile = "/nowhere/ca.pem" }, { $0.waitingLimit = -1 },
        ]
        for change in changes {
            #expect(throws: OutboundError(.invalidConfiguration, message: "")) { try makeClient("", change) }
        }
    }
}
