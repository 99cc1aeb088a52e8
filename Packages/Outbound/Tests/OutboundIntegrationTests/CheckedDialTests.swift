import HTTPTypes
import Identity
import Outbound
import OutboundTestSupport
import TestKit
import Testing

@Suite("Dialling checked addresses")
struct CheckedDialTests {
    @Test("asks once per request and dials what was checked, however the name changes")
    func rebinding() async throws {
        try await withScriptedServer(script: { _, _ in httpAnswer("x") }) { server in
            try await withScriptedServer(host: "127.0.0.2", script: { _, _ in httpAnswer("never") }) { hidden in
                // The hidden server listens on the address of the second answer; its port is another one, but a connection
                // attempt would fail differently from a refusal.
                let resolver = ScriptedResolver(["127.0.0.1"], ["127.0.0.2"])
                let client = try makeClient("127.0.0.1:\(server.port)", resolver: resolver)
                let url = try OutboundURL(parsing: "http://rebound.example:\(server.port)/")
                #expect(try await client.send(OutboundRequest(.get, url)).status == 200)
                #expect(resolver.count == 1)
                let error = await failure { try await client.send(OutboundRequest(.get, url)) }
                #expect(error?.code == .refusedAddress && error?.addressClasses == [.loopback])
                #expect(error?.mayHaveBeenSent == false)
                #expect(resolver.count == 2)
                #expect(server.requests.count == 1 && hidden.connectionCount == 0)
                client.close()
            }
        }
    }

    @Test(
        "refuses the whole answer for one bad address",
        arguments: [
            ["127.0.0.1", "10.0.0.1"], ["10.0.0.1", "127.0.0.1"], ["127.0.0.1", "::1"], ["127.0.0.1", "169.254.169.254"],
            ["127.0.0.1", "64:ff9b::7f00:1"], ["127.0.0.1", "::ffff:10.0.0.1"],
        ])
    func mixedAnswers(_ addresses: [String]) async throws {
        try await withScriptedServer(script: { _, _ in httpAnswer("never") }) { server in
            let client = try makeClient("127.0.0.1:\(server.port)", resolver: ScriptedResolver(addresses))
            let url = try OutboundURL(parsing: "http://mixed.example:\(server.port)/")
            #expect(await failure { try await client.send(OutboundRequest(.get, url)) }?.code == .refusedAddress)
            #expect(await failure { try await client.check(url) }?.code == .refusedAddress)
            #expect(server.connectionCount == 0)
        }
    }

    @Test("uses a connection again only for an address of the newest answer")
    func reuse() async throws {
        try await withScriptedServer(host: "127.0.0.1", script: { _, _ in httpAnswer("x") }) { server in
            let resolver = ScriptedResolver(["127.0.0.1"], ["127.0.0.9", "127.0.0.1"], ["127.0.0.9"], ["127.0.0.1"])
            let client = try makeClient("127.0.0.0/8:\(server.port)", resolver: resolver)
            let url = try OutboundURL(parsing: "http://moving.example:\(server.port)/")
            for _ in 0..<2 { #expect(try await client.send(OutboundRequest(.get, url)).status == 200) }
            #expect(server.connectionCount == 1)
            // Nobody listens at the new address; the kept connection would have answered.
            #expect(await failure { try await client.send(OutboundRequest(.get, url)) }?.code == .connectFailed)
            #expect(try await client.send(OutboundRequest(.get, url)).status == 200)
            #expect(server.connectionCount == 1)
            client.close()
        }
    }

    @Test("does not use a connection again for another name of the same address")
    func reuseOtherName() async throws {
        try await withScriptedServer(script: { _, _ in httpAnswer("x") }) { server in
            let client = try makeClient("127.0.0.1:\(server.port)")
            for name in ["a.example", "b.example", "a.example"] {
                let url = try OutboundURL(parsing: "http://\(name):\(server.port)/")
                #expect(try await client.send(OutboundRequest(.get, url)).status == 200)
            }
            #expect(server.connectionCount == 2)
            client.close()
        }
    }

    @Test("tries the next address when one takes no connection")
    func nextAddress() async throws {
        try await withScriptedServer(script: { _, _ in httpAnswer("x") }) { server in
            let client = try makeClient(
                "127.0.0.0/8:\(server.port)", resolver: ScriptedResolver(["127.0.0.7", "127.0.0.8", "127.0.0.1"]))
            let url = try OutboundURL(parsing: "http://many.example:\(server.port)/")
            #expect(try await client.send(OutboundRequest(.get, url)).status == 200)
            client.close()
        }
    }

    @Test("reaches IPv6 addresses")
    func ipv6() async throws {
        try await withScriptedServer(host: "::1", script: { _, _ in httpAnswer("x") }) { server in
            let client = try makeClient("[::1]:\(server.port)")
            let url = try OutboundURL(parsing: "http://[::1]:\(server.port)/")
            #expect(try await client.send(OutboundRequest(.get, url)).status == 200)
            #expect(server.requests[0].contains("Host: [::1]:\(server.port)\r\n"))
            client.close()
        }
    }

    @Test("says when nobody listens, and that nothing was sent")
    func nobodyListens() async throws {
        let port = try FreePort.find()
        let client = try makeClient("127.0.0.1:\(port)")
        let url = try OutboundURL(parsing: "http://127.0.0.1:\(port)/")
        let error = await failure { try await client.send(OutboundRequest(.post, url)) }
        #expect(error?.code == .connectFailed && error?.mayHaveBeenSent == false)
    }

    @Test("says when a name has no address")
    func noAddress() async throws {
        let client = try makeClient("", resolver: ScriptedResolver([]))
        let url = try OutboundURL(parsing: "https://nothing.example/")
        #expect(await failure { try await client.send(OutboundRequest(.get, url)) }?.code == .unresolvable)
    }

    @Test("refuses before anything is asked or sent")
    func refusesBefore() async throws {
        let resolver = ScriptedResolver(["1.1.1.1"])
        let client = try makeClient("", resolver: resolver)
        for (text, code) in [
            ("https://example.com:22/", .refusedPort), ("http://127.0.0.1/", .refusedAddress),
            ("https://localhost/", .refusedAddress),
        ] as [(String, OutboundError.Code)] {
            let url = try OutboundURL(parsing: text)
            #expect(await failure { try await client.send(OutboundRequest(.get, url)) }?.code == code)
            #expect(await failure { try await client.check(url) }?.code == code)
        }
        #expect(resolver.count == 0)
    }

    @Test("asks the system by default")
    func asksTheSystem() async throws {
        let addresses = try await SystemResolver().addresses(of: "localhost")
        #expect(addresses.contains { $0.isLoopback })
        #expect(Set(addresses).count == addresses.count)
        // Without a DNS server the system needs long to say so; the deadline is then what ends the look-up.
        let client = try makeClient("", resolver: SystemResolver()) { $0.resolveTimeout = .milliseconds(300) }
        let url = try OutboundURL(parsing: "https://nobody.invalid/")
        let code = await failure { try await client.check(url) }?.code
        #expect(code == .unresolvable || code == .timedOut)
    }
}
