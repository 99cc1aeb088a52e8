import Identity
import Testing

@Suite("Client address")
struct ClientAddressTests {
    struct Case: CustomTestStringConvertible {
        let story: String
        let peer: String
        let lines: [String]
        let trusted: String
        let expected: String
        let origin: ClientAddress.Origin

        init(
            _ story: String, peer: String = "127.0.0.1", _ lines: [String], trusted: String = "127.0.0.1,::1,10.0.0.0/8",
            gives expected: String, _ origin: ClientAddress.Origin
        ) {
            self.story = story
            self.peer = peer
            self.lines = lines
            self.trusted = trusted
            self.expected = expected
            self.origin = origin
        }

        var testDescription: String { self.story }
    }

    static let cases: [Case] = [
        Case("no header", [], gives: "127.0.0.1", .peer),
        Case("one hop", ["203.0.113.7"], gives: "203.0.113.7", .forwarded),
        Case("a hop with port", ["203.0.113.7:51234"], gives: "203.0.113.7", .forwarded),
        Case("an IPv6 hop", ["2001:DB8::1"], gives: "2001:db8::1", .forwarded),
        Case("an IPv6 hop with port", ["[2001:db8::1]:51234"], gives: "2001:db8::1", .forwarded),
        Case("a mapped hop", ["::ffff:203.0.113.7"], gives: "203.0.113.7", .forwarded),
        Case("blanks around hops", [" 1.1.1.1 ,\t203.0.113.7 \t"], gives: "203.0.113.7", .forwarded),
        Case("two trusted hops", ["203.0.113.7, 10.0.0.2, 10.0.0.1"], gives: "203.0.113.7", .forwarded),
        Case("a mapped trusted hop", ["203.0.113.7, ::ffff:10.0.0.1"], gives: "203.0.113.7", .forwarded),
        Case("a mapped peer", peer: "::ffff:127.0.0.1", ["203.0.113.7"], gives: "203.0.113.7", .forwarded),
        Case("all hops trusted", ["10.0.0.3, 10.0.0.2, 10.0.0.1"], gives: "10.0.0.3", .forwarded),
        Case("lines that count as one list", ["203.0.113.7, 10.0.0.2", "10.0.0.1"], gives: "203.0.113.7", .forwarded),
        Case("a spoofed line before the proxy's", ["127.0.0.1", "203.0.113.7"], gives: "203.0.113.7", .forwarded),

        Case("a peer that is no proxy", peer: "203.0.113.9", ["1.1.1.1"], gives: "203.0.113.9", .peer),
        Case("a mapped peer that is no proxy", peer: "::ffff:203.0.113.9", ["1.1.1.1"], gives: "203.0.113.9", .peer),
        Case("garbage from a peer that is no proxy", peer: "203.0.113.9", ["x"], gives: "203.0.113.9", .peer),
        Case("nobody trusted", ["1.1.1.1"], trusted: "", gives: "127.0.0.1", .peer),
        Case("a spoofed left end", ["127.0.0.1, 10.0.0.9, 203.0.113.7"], gives: "203.0.113.7", .forwarded),
        Case("a spoofed left end behind two proxies", ["1.1.1.1, 203.0.113.7, 10.0.0.2"], gives: "203.0.113.7", .forwarded),
        Case("garbage left of the client", ["<script>, , 203.0.113.7, 10.0.0.2"], gives: "203.0.113.7", .forwarded),

        Case("garbage at the right end", ["203.0.113.7, unknown"], gives: "127.0.0.1", .unreadableHop),
        Case("garbage behind a trusted hop", ["203.0.113.7, unknown, 10.0.0.2"], gives: "10.0.0.2", .unreadableHop),
        Case("an empty element", ["203.0.113.7, , 10.0.0.2"], gives: "10.0.0.2", .unreadableHop),
        Case("an empty line", [""], gives: "127.0.0.1", .unreadableHop),
        Case("an empty line behind a good one", ["203.0.113.7", ""], gives: "127.0.0.1", .unreadableHop),
        Case("a trailing comma", ["203.0.113.7,"], gives: "127.0.0.1", .unreadableHop),
        Case("a leading comma before trusted hops", [",10.0.0.2"], gives: "10.0.0.2", .unreadableHop),
        Case("an obfuscated hop of RFC 7239", ["_hidden"], gives: "127.0.0.1", .unreadableHop),
        Case("the syntax of Forwarded", ["for=203.0.113.7"], gives: "127.0.0.1", .unreadableHop),
        Case("a short IPv4 form", ["127.1"], gives: "127.0.0.1", .unreadableHop),
        Case("a zone", ["fe80::1%eth0"], gives: "127.0.0.1", .unreadableHop),
        Case("a space inside", ["203.0. 113.7"], gives: "127.0.0.1", .unreadableHop),
        Case("a NUL", ["203.0.113.7\0"], gives: "127.0.0.1", .unreadableHop),
        Case("semicolons", ["203.0.113.7; 10.0.0.1"], gives: "127.0.0.1", .unreadableHop),
        Case("a hop without end", [String(repeating: "1", count: 1_000_000)], gives: "127.0.0.1", .unreadableHop),
        Case(
            "blanks without end", [String(repeating: " ", count: 1_000_000) + "203.0.113.7"], gives: "127.0.0.1", .unreadableHop),
        Case(
            "blanks within the bound", [String(repeating: " ", count: 100) + "203.0.113.7"], gives: "203.0.113.7", .forwarded),
    ]

    @Test("is the right-most hop that no trusted proxy vouches for", arguments: Self.cases)
    func isRightmostUntrustedHop(_ row: Case) throws {
        let client = ClientAddress.resolve(
            peer: try #require(IPAddress(row.peer)), forwardedFor: row.lines,
            trustedProxies: try CIDRBlock.list(parsing: row.trusted))
        #expect(client.address.description == row.expected)
        #expect(client.origin == row.origin)
    }

    @Test("is found in a header of a thousand hops without reading them")
    func ignoresLongLeftEnd() throws {
        let header = (0..<1_000).map { "10.1.0.\($0 % 256)" }.joined(separator: ", ") + ", 203.0.113.7"
        #expect(try self.client(of: [header]).address.description == "203.0.113.7")
    }

    @Test("is the last hop looked at when trusted hops have no end")
    func boundsTheWalk() throws {
        let hops = (1...1_000).map { "10.\($0 / 256).\($0 % 256).1" }
        let expected = try #require(hops.suffix(64).first)
        #expect(try self.client(of: [hops.joined(separator: ",")]).address.description == expected)
        #expect(try self.client(of: hops).address.description == expected)
    }

    private func client(of lines: [String]) throws -> ClientAddress {
        ClientAddress.resolve(
            peer: try #require(IPAddress("127.0.0.1")), forwardedFor: lines,
            trustedProxies: try CIDRBlock.list(parsing: "127.0.0.1,10.0.0.0/8"))
    }
}
