import Identity
import Testing

@Suite("README of Identity")
struct ReadmeTests {
    @Test("has an example that works")
    func exampleWorks() throws {
        let trusted = try CIDRBlock.list(parsing: "127.0.0.1, ::1, 10.0.0.0/8")
        let peer = IPAddress.v4(IPv4Address(bits: 0x7F00_0001))
        let client = ClientAddress.resolve(
            peer: peer, forwardedFor: ["1.1.1.1, 203.0.113.7", "10.0.0.2"], trustedProxies: trusted)
        // client.address is 203.0.113.7: 1.1.1.1 stands left of it and is only a claim of the client.

        let caller = Caller(
            id: CallerID(unchecked: "dev-agent"), kind: .gatewayCaller, role: .developer, trustLevel: .medium,
            environment: .development)

        #expect(client.address.description == "203.0.113.7")
        #expect(client.origin == .forwarded)
        #expect(caller.organisation == .default)
    }
}
