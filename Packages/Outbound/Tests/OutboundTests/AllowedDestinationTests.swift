import Identity
import Outbound
import Testing

@Suite("Allowed destinations")
struct AllowedDestinationTests {
    static func policy(_ list: String, ports: Set<UInt16> = [443, 80]) throws -> AddressPolicy {
        AddressPolicy(ports: ports, allowed: try AllowedDestination.list(parsing: list))
    }

    static func outcome(_ policy: AddressPolicy, _ text: String, _ addresses: [String] = []) -> OutboundError.Code? {
        do throws(OutboundError) {
            let url = try policy.check(text)
            if !addresses.isEmpty { try policy.check(addresses.compactMap { IPAddress($0) }, of: url) }
            return nil
        } catch {
            return error.code
        }
    }

    @Test("by block allow the addresses in it, in every spelling, and no others")
    func byBlock() throws {
        let policy = try Self.policy("127.0.0.0/8, fd00::/64")
        for host in ["127.0.0.1", "127.1", "2130706433", "[::ffff:127.0.0.1]", "[fd00::7]", "localhost"] {
            #expect(Self.outcome(policy, "https://\(host)/") == nil, "\(host)")
        }
        for host in ["10.0.0.1", "[::1]", "[fd01::7]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "169.254.169.254"] {
            #expect(Self.outcome(policy, "https://\(host)/") == .refusedAddress, "\(host)")
        }
        #expect(Self.outcome(policy, "https://any.example/", ["127.0.0.1"]) == nil)
        #expect(Self.outcome(policy, "https://any.example/", ["127.0.0.1", "10.0.0.1"]) == .refusedAddress)
        #expect(Self.outcome(policy, "https://127.0.0.1:8080/") == .refusedPort)
    }

    @Test("with a port allow that port only, and only there")
    func withPort() throws {
        let policy = try Self.policy("127.0.0.1:9000, [fd00::/64]:9001, hooks.example.com:8443")
        #expect(Self.outcome(policy, "https://127.0.0.1:9000/") == nil)
        #expect(Self.outcome(policy, "https://127.0.0.1/") == .refusedPort)
        #expect(Self.outcome(policy, "https://127.0.0.1:9001/") == .refusedPort)
        #expect(Self.outcome(policy, "https://localhost:9000/", ["127.0.0.1"]) == nil)
        #expect(Self.outcome(policy, "https://localhost:9000/", ["127.0.0.1", "::1"]) == .refusedAddress)
        #expect(Self.outcome(policy, "https://localhost/") == .refusedAddress)
        #expect(Self.outcome(policy, "https://[fd00::1]:9001/") == nil)
        #expect(Self.outcome(policy, "https://hooks.example.com:8443/", ["1.1.1.1"]) == nil)
        #expect(Self.outcome(policy, "https://hooks.example.com/", ["1.1.1.1"]) == nil)
        #expect(Self.outcome(policy, "https://other.example.com:8443/") == .refusedPort)
        // The port of a block lets a name pass at registration; its addresses decide.
        #expect(Self.outcome(policy, "https://other.example.com:9000/", ["1.1.1.1"]) == .refusedPort)
        #expect(Self.outcome(policy, "https://other.example.com:9000/", ["10.0.0.1"]) == .refusedAddress)
    }

    @Test("by name allow the inside of a site, and nothing stranger")
    func byName() throws {
        let policy = try Self.policy("hooks.internal, localhost")
        for address in ["10.0.0.1", "192.168.1.1", "127.0.0.1", "::1", "100.64.0.1", "fd00::1", "::ffff:10.0.0.1", "1.1.1.1"] {
            #expect(Self.outcome(policy, "https://hooks.internal/", [address]) == nil, "\(address)")
            #expect(Self.outcome(policy, "https://HOOKS.internal./", [address]) == nil, "\(address)")
        }
        for address in [
            "169.254.169.254", "fe80::1", "0.0.0.0", "::", "224.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "fec0::1",
        ] {
            #expect(Self.outcome(policy, "https://hooks.internal/", [address]) == .refusedAddress, "\(address)")
        }
        #expect(Self.outcome(policy, "https://localhost/", ["127.0.0.1"]) == nil)
        #expect(Self.outcome(policy, "https://hooks.internal.example/", ["10.0.0.1"]) == .refusedAddress)
        #expect(Self.outcome(policy, "https://x.hooks.internal/", ["10.0.0.1"]) == .refusedAddress)
        #expect(Self.outcome(policy, "https://10.0.0.1/") == .refusedAddress)
    }

    @Test("may reopen what names may not", arguments: ["169.254.0.0/16", "169.254.169.254", "0.0.0.0/0"])
    func byBlockBesideName(_ block: String) throws {
        let policy = try Self.policy("hooks.internal, \(block)")
        #expect(Self.outcome(policy, "https://hooks.internal/", ["169.254.169.254"]) == nil)
    }

    @Test(
        "are written as they are read",
        arguments: [
            ("Hooks.Internal.", "hooks.internal"), ("hooks.internal:8443", "hooks.internal:8443"), ("10.0.0.0/8", "10.0.0.0/8"),
            ("10.0.0.0/8:8443", "10.0.0.0/8:8443"), ("127.0.0.1:9000", "127.0.0.1:9000"), ("FD00::7", "fd00::7"),
            ("[fd00::7]", "fd00::7"), ("[fd00::7]:8443", "[fd00::7]:8443"), ("fd00::/64", "fd00::/64"),
            ("[fd00::/64]:8443", "[fd00::/64]:8443"), ("::/0", "::/0"),
        ])
    func areWritten(_ text: String, _ canonical: String) throws {
        let destination = try AllowedDestination(parsing: text)
        #expect("\(destination)" == canonical)
        #expect(try AllowedDestination(parsing: canonical) == destination)
    }

    @Test(
        "are taken from a URL: its host at its port alone",
        arguments: [
            ("https://Hooks.Internal./x", "hooks.internal:443"), ("http://127.0.0.1:9000", "127.0.0.1:9000"),
            ("https://[fd00::7]:8443/", "[fd00::7]:8443"), ("http://0x7f.1", "127.0.0.1:80"),
        ])
    func ofURL(_ text: String, _ canonical: String) throws {
        let url = try OutboundURL(parsing: text)
        #expect("\(AllowedDestination(of: url))" == canonical)
        let policy = AddressPolicy(reaching: url)
        try policy.check(url)
        #expect(policy.allowsPlainHTTP == (url.scheme == .http))
        let other = try OutboundURL(parsing: "https://127.0.0.2:\(url.port)")
        #expect(throws: OutboundError.self) { try policy.check(other) }
    }

    @Test(
        "in other forms are refused",
        arguments: [
            "", ",", "a,", "hooks.internal:", "hooks.internal:0", "hooks.internal:65536", "*.internal", "https://x", "u@x",
            "10.1.2.3/8",
            "10.0.0.0/33", "127.1", "2130706433", "fd00::7:", "[fd00::7", "[x]:1", "hööks", "a b", "10.0.0.0/8:x",
        ])
    func areRefused(_ text: String) {
        let error = #expect(throws: OutboundError.self) {
            try text.contains(",") ? AllowedDestination.list(parsing: text) : [AllowedDestination(parsing: text)]
        }
        #expect(error?.code == .invalidConfiguration)
    }

    @Test("may be none")
    func mayBeNone() throws {
        #expect(try AllowedDestination.list(parsing: "") == [])
        #expect(try AllowedDestination.list(parsing: " \t ") == [])
    }
}
