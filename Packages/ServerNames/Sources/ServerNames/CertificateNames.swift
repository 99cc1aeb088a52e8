import NIOSSL

/// Compares host names with those in certificates.
enum CertificateNames {
    /// Whether one of the names stands for the host. Source: RFC 9525, section 6.3.
    ///
    /// A wildcard is a whole first label, stands for exactly one label, and has at least two labels behind it.
    ///
    /// - Parameters:
    ///   - host: A name in lower case, without a dot at its end.
    ///   - names: Names as they stand in a certificate.
    static func match(_ host: String, _ names: [[UInt8]]) -> Bool {
        let host = Array(host.utf8)
        let parent = host.firstIndex(of: UInt8(ascii: ".")).map { host[$0...] } ?? []
        return names.contains { name in
            let name = name.map(Self.lowercased)
            guard name.starts(with: "*.".utf8) else { return name == host }
            return name.dropFirst() == parent && parent.dropFirst().contains(UInt8(ascii: "."))
        }
    }

    private static func lowercased(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
    }
}

extension NIOSSLCertificate {
    /// The names in the extension "subject alternative name"; the common name is none of them (RFC 9525, section 2).
    var domainNames: [[UInt8]] {
        self._subjectAlternativeNames().compactMap { name in
            name.nameType == .dnsName ? name.contents.withUnsafeBufferPointer { Array($0) } : nil
        }
    }
}
