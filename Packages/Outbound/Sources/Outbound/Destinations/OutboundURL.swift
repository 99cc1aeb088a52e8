import Identity

/// A URL to send requests to, read strictly and only once: what is checked is what is dialled.
///
/// Form: `https://hooks.example.com:8443/path?query`, at most 2 048 bytes of printable ASCII. Refused are user info, fragments,
/// backslashes, zones, broken percent escapes, and hosts in other than ASCII. IPv4 addresses are recognised in all spellings of the
/// C library, such as `2130706433`, `0x7f.1` and `127.1`. Source: RFC 3986, narrowed.
///
/// Two URLs are equal when their canonical texts are.
public struct OutboundURL: Hashable, Sendable, CustomStringConvertible {
    /// How to speak to the host.
    public enum Scheme: String, Hashable, Sendable {
        /// With TLS; port 443 unless another is given.
        case https
        /// In the clear; port 80 unless another is given.
        case http

        /// The port when a URL names none.
        public var defaultPort: UInt16 { self == .https ? 443 : 80 }
    }

    /// The scheme.
    public let scheme: Scheme
    /// The host.
    public let host: OutboundHost
    /// The port, 1 to 65 535.
    public let port: UInt16
    /// Path and query as they are sent, such as `/v1/hook?team=7`; begins with a slash.
    public let target: String

    /// Reads a URL.
    ///
    /// - Throws: ``OutboundError`` with code `refusedScheme` when the scheme is neither `https` nor `http`, else `invalidURL`,
    ///   naming the rule that the text breaks. The text itself is not quoted.
    public init(parsing text: String) throws(OutboundError) {
        let bytes = Array(text.utf8.prefix(Self.byteLimit + 1))
        guard bytes.count <= Self.byteLimit else { throw .invalidURL("it is longer than \(Self.byteLimit) bytes") }
        try Self.checkCharacters(bytes)
        guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")) else { throw .invalidURL("it has no scheme") }
        switch String(decoding: bytes[..<colon].map { $0.isLetter ? $0 | 0x20 : $0 }, as: UTF8.self) {
        case "https": self.scheme = .https
        case "http": self.scheme = .http
        default: throw OutboundError(.refusedScheme, message: "the scheme of the URL is not https or http")
        }
        let rest = bytes[colon...].dropFirst()
        guard rest.starts(with: "//".utf8) else { throw .invalidURL("two slashes must follow its scheme") }
        let behind = rest.dropFirst(2)
        let end = behind.firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") } ?? behind.endIndex
        (self.host, self.port) = try Self.authority(behind[..<end], self.scheme)
        let target = String(decoding: behind[end...], as: UTF8.self)
        self.target = target.utf8.first == UInt8(ascii: "/") ? target : "/\(target)"
    }

    /// Scheme, host and port, such as `https://hooks.example.com` or `http://[::1]:8080`; the port stands there unless it is the
    /// scheme's own.
    public var origin: String { "\(self.scheme.rawValue)://\(self.authority)" }

    /// The whole URL in its canonical form. Paths and queries of webhooks often are secrets: keep it out of logs.
    public var text: String { self.origin + self.target }

    /// The origin, as the rest may be a secret.
    public var description: String { self.origin }

    /// Host and port as they stand in the header field `Host`.
    var authority: String {
        let host = if case .address(.v6(let address)) = self.host { "[\(address)]" } else { self.host.description }
        return self.port == self.scheme.defaultPort ? host : "\(host):\(self.port)"
    }

    /// The longest text that is read.
    private static let byteLimit = 2_048

    /// Refuses what RFC 3986 does not have, what people read in two ways, and fragments, which are never sent.
    private static func checkCharacters(_ bytes: [UInt8]) throws(OutboundError) {
        for (index, byte) in bytes.enumerated() {
            switch byte {
            case UInt8(ascii: "#"): throw .invalidURL("it has a fragment (#)")
            case UInt8(ascii: "\\"): throw .invalidURL("it has a backslash")
            case UInt8(ascii: "\""), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "^"), UInt8(ascii: "`"),
                UInt8(ascii: "{"),
                UInt8(ascii: "|"), UInt8(ascii: "}"):
                throw .invalidURL("it has a character that must be percent-encoded")
            case UInt8(ascii: "%"):
                guard bytes[index...].dropFirst().prefix(2).count(where: { $0.hexadecimalValue != nil }) == 2 else {
                    throw .invalidURL("it has a % without two hexadecimal digits")
                }
            case 0x21...0x7E: continue
            default: throw .invalidURL("it has a blank, a control character or a character beyond ASCII")
            }
        }
    }

    private static func authority(
        _ bytes: ArraySlice<UInt8>, _ scheme: Scheme
    ) throws(OutboundError) -> (OutboundHost, UInt16) {
        guard !bytes.contains(UInt8(ascii: "@")) else { throw .invalidURL("it has user info (@) before its host") }
        guard !bytes.contains(UInt8(ascii: "%")) else { throw .invalidURL("its host has a percent escape") }
        // The colons of an IPv6 address stand before its bracket.
        let behind = bytes.lastIndex(of: UInt8(ascii: "]")).map { bytes.index(after: $0) } ?? bytes.startIndex
        guard let colon = bytes[behind...].firstIndex(of: UInt8(ascii: ":")) else {
            return (try OutboundHost(parsing: bytes), scheme.defaultPort)
        }
        guard let port = Self.port(bytes[colon...].dropFirst()) else {
            throw .invalidURL("its port is no number from 1 to 65535")
        }
        return (try OutboundHost(parsing: bytes[..<colon]), port)
    }

    /// A port of 1 to 5 digits that is not 0.
    static func port(_ digits: some Collection<UInt8>) -> UInt16? {
        guard (1...5).contains(digits.count) else { return nil }
        var port: UInt32 = 0
        for digit in digits {
            guard digit.isDigit else { return nil }
            port = port * 10 + UInt32(digit - UInt8(ascii: "0"))
        }
        return port == 0 ? nil : UInt16(exactly: port)
    }
}
