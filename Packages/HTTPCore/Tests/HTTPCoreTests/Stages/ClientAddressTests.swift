import HTTPCore
import HTTPCoreTestSupport
import HTTPTypes
import Identity
import StrictJSON
import Testing

@Suite("Client address")
struct ClientAddressTests {
    private func address(peer: String, forwarded: [String], trusted: String) async throws -> String? {
        let blocks = try CIDRBlock.list(parsing: trusted)
        var headers = HTTPFields()
        headers[values: .forwardedFor] = forwarded
        let service = try Fixture(configure: { $0.trustedProxies = blocks }).service
        return try await service.answer(.get, "/hello", headers: headers, peer: IPAddress(peer)).text("address")
    }

    @Test(
        "is the peer, unless a trusted proxy names another",
        arguments: [
            ("198.51.100.1", ["203.0.113.7"], "198.51.100.1"),
            ("127.0.0.1", [], "127.0.0.1"),
            ("127.0.0.1", ["203.0.113.7"], "203.0.113.7"),
            ("127.0.0.1", ["1.1.1.1, 203.0.113.7"], "203.0.113.7"),
            ("127.0.0.1", ["1.1.1.1", "203.0.113.7, 10.0.0.2"], "203.0.113.7"),
            ("127.0.0.1", ["unknown"], "127.0.0.1"),
            ("::ffff:127.0.0.1", ["2001:db8::1"], "2001:db8::1"),
        ])
    func resolved(_ peer: String, _ forwarded: [String], _ expected: String) async throws {
        #expect(try await self.address(peer: peer, forwarded: forwarded, trusted: "127.0.0.1, 10.0.0.0/8") == expected)
    }

    @Test("does not follow a forged header without trusted proxies")
    func forged() async throws {
        let budget = ["failed-authentication": 1]
        let service = try Fixture(budget: budget).service
        var statuses: [Int] = []
        for hop in ["1.1.1.1", "2.2.2.2"] {
            statuses.append(try await service.answer(.get, "/fault", headers: [.forwardedFor: hop]).status.code)
        }
        #expect(statuses == [401, 429])
    }

    @Test("tells handlers what it was taken from")
    func origin() async throws {
        let service = try Fixture(
            [
                Operation(.get, "/origin", id: "origin", summary: "", tag: "", access: .anyone) { request in
                    .json(.ok, ["origin": .string("\(request.clientOrigin)")])
                }
            ],
            configure: {
                $0.trustedProxies = [CIDRBlock(containing: IPAddress.v4(IPv4Address(bits: 0x7F00_0001)), prefixLength: 32)]
            }
        ).service
        let local = IPAddress("127.0.0.1")
        #expect(try await service.answer(.get, "/origin", peer: local).text("origin") == "peer")
        #expect(
            try await service.answer(.get, "/origin", headers: [.forwardedFor: "?"], peer: local).text("origin")
                == "unreadableHop")
    }
}
