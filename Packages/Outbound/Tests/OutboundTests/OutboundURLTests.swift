import Identity
import Outbound
import TestKit
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

@Suite("Outbound URLs")
struct OutboundURLTests {
    @Test(
        "are read into canonical parts",
        arguments: [
            ("https://hooks.example.com", "https://hooks.example.com", "/"),
            ("HTTPS://Hooks.Example.COM./a/../b?x=%2F", "https://hooks.example.com", "/a/../b?x=%2F"),
            ("https://example.com:443/", "https://example.com", "/"),
            ("https://example.com:8443?q=1/2:3@4", "https://example.com:8443", "/?q=1/2:3@4"),
            ("http://example.com:80/@scope/name", "http://example.com", "/@scope/name"),
            ("http://example.com:443/", "http://example.com:443", "/"),
            ("https://xn--bcher-kva.example/", "https://xn--bcher-kva.example", "/"),
            ("https://[2001:DB8:0::1]:8443/x", "https://[2001:db8::1]:8443", "/x"),
            ("https://1.1.1.1/", "https://1.1.1.1", "/"),
            ("https://a1.2b/", "https://a1.2b", "/"),
        ])
    func areRead(_ text: String, _ origin: String, _ target: String) throws {
        let url = try OutboundURL(parsing: text)
        #expect(url.origin == origin)
        #expect(url.target == target)
        #expect(url.text == origin + target)
        #expect("\(url)" == origin)
        #expect(try OutboundURL(parsing: url.text) == url)
    }

    @Test(
        "with a host that spells an address have that address",
        arguments: [
            "127.0.0.1", "2130706433", "0x7f.1", "0177.0.0.1", "127.1", "127.0.1", "0x7f000001", "017700000001", "127.0.0.1.",
            "0X7F.0x0.0x00.01", "00177.0.0.01",
        ])
    func spellAddresses(_ host: String) throws {
        let url = try OutboundURL(parsing: "https://\(host)/")
        #expect(url.host == .address(.v4(IPv4Address(bits: 0x7F00_0001))))
        #expect(url.origin == "https://127.0.0.1")
    }

    @Test(
        "in other forms are refused",
        arguments: [
            "", "https", "https:", "https:/x", "//example.com", "https://", "https:///x", "https://?x", "https://:443",
            "https://example.com:", "https://example.com:0", "https://example.com:65536", "https://example.com:+80",
            "https://example.com:1e3", "https://example.com:443:443", "https://example.com:８０",
            "https://u@example.com/", "https://u:p@example.com/", "https://u@evil@127.0.0.1/", "https://@example.com/",
            "https://ok#@127.0.0.1/", "https://example.com/#", "https://example.com\\@127.0.0.1/", "https://example.com/\\x",
            "https://example.com/a b", "https://example.com/\r\nHost:%20x", "https://exa\tmple.com/", "https://example.com/\u{0}",
            "ｈttps://example.com", " https://example.com", "https://example.com ", "https://exam%70le.com/",
            "https://127.0.0.1%2f@example.com/",
            "https://example.com/%", "https://example.com/%4", "https://example.com/%zz", "https://example.com/{x}",
            "https://exämple.com/", "https://ⓔxample.com/", "https://１２７.0.0.1/", "https://127。0。0。1/", "https://еxample.com/",
            "https://exa\u{AD}mple.com/", "https://example.com\u{200B}/", "https://-example.com/", "https://example-.com/",
            "https://exa_mple.com/", "https://.example.com/", "https://example..com/", "https://example.com../", "https://./",
            "https://[::1/", "https://::1/", "https://[]/", "https://[::1]x/", "https://[::1%25eth0]/", "https://[::1%eth0]/",
            "https://[127.0.0.1]/", "https://[::ffff:127.1]/", "https://x[::1]/", "https://[[::1]]/",
            "https://1.2.3.4.5/", "https://256.1.1.1/", "https://1.2.3.256/", "https://4294967296/", "https://0x100000000/",
            "https://08.1.1.1/", "https://1..2/", "https://0x/", "https://0xg.1/", "https://example.0x7f/", "https://foo.1/",
            "https://99999999999999999999/", "https://\(String(repeating: "a", count: 64)).com/",
            "https://\(String(repeating: "a.", count: 127))com/", "https://example.com/\(String(repeating: "a", count: 2_048))",
        ])
    func areRefused(_ text: String) {
        let error = #expect(throws: OutboundError.self) { try OutboundURL(parsing: text) }
        #expect(error?.code == .invalidURL)
    }

    @Test(
        "of other schemes are refused",
        arguments: [
            "gopher://127.0.0.1:6379/_x", "file:///etc/hosts", "ftp://example.com/", "ws://example.com/", "httpss://x/", ":x",
        ])
    func refuseSchemes(_ text: String) {
        #expect(throws: OutboundError(.refusedScheme, message: "")) { try OutboundURL(parsing: text) }
    }

    @Test("agree with inet_aton on every spelling")
    func agreeWithTheSystem() throws {
        var random = SeededGenerator(seed: TestRun.seed)
        let numbers = [
            "0", "1", "7", "8", "127", "255", "256", "65535", "65536", "16777215", "16777216", "4294967295", "4294967296", "00",
            "01",
            "0177", "08", "0377", "0400", "0x", "0x0", "0x7f", "0XFF", "0x100", "0xffffff", "0xffffffff", "0x100000000", "x",
            "0xg",
            "", "037777777777", "040000000000", "99999999999999999999",
        ]
        var acceptedCount = 0
        for _ in 0..<TestRun.count(20_000, long: 500_000) {
            var parts: [String] = []
            for _ in 0..<Int.random(in: 1...5, using: &random) {
                let number = numbers.randomElement(using: &random) ?? ""
                parts.append(Bool.random(using: &random) ? number : String(UInt8.random(in: .min ... .max, using: &random)))
            }
            let host = parts.joined(separator: ".")
            let accepted = Self.address(of: host)
            let read = try? OutboundURL(parsing: "https://\(host)/").host
            if let accepted {
                acceptedCount += 1
                #expect(read == .address(.v4(accepted)), "\(host)")
            } else if !host.hasSuffix(".") {
                #expect(read.map { if case .address = $0 { false } else { true } } ?? true, "\(host)")
            }
        }
        #expect(acceptedCount > 1_000)
    }

    @Test("never trap, and mean the same when read again")
    func neverTrap() throws {
        var random = SeededGenerator(seed: TestRun.seed)
        let pieces = [
            "http", "https", "://", ":", "/", "?", "#", "@", "[", "]", "::", "%", "%41", "\\", ".", "..", "-", "0x7f", "127", "1",
            "ffff", "example", "com", "localhost", "\u{0}", " ", "é", "\r\n", "65536", "99999999999", "_",
        ]
        for _ in 0..<TestRun.count(20_000, long: 500_000) {
            var text = Bool.random(using: &random) ? "https://" : ""
            for _ in 0..<Int.random(in: 0...8, using: &random) { text += pieces.randomElement(using: &random) ?? "" }
            guard let url = try? OutboundURL(parsing: text) else { continue }
            #expect(try OutboundURL(parsing: url.text) == url, "\(text)")
            #expect(url.text.utf8.allSatisfy { (0x21...0x7E).contains($0) }, "\(text)")
        }
        for _ in 0..<TestRun.count(5_000, long: 500_000) {
            let bytes = (0..<Int.random(in: 0...60, using: &random)).map { _ in UInt8.random(in: .min ... .max, using: &random) }
            _ = try? OutboundURL(parsing: "https://" + String(decoding: bytes, as: UTF8.self))
            _ = try? AllowedDestination.list(parsing: String(decoding: bytes, as: UTF8.self))
        }
    }

    /// The address that the C library reads from a text.
    ///
    /// The members of `in_addr` are not named, because which module they belong to differs from build to build.
    private static func address(of host: String) -> IPv4Address? {
        withUnsafeTemporaryAllocation(byteCount: 4, alignment: 4) { bytes in
            guard inet_aton(host, bytes.baseAddress?.assumingMemoryBound(to: in_addr.self)) != 0 else { return nil }
            return IPv4Address(bits: UInt32(bigEndian: bytes.load(as: UInt32.self)))
        }
    }
}
