/// A URL without what its query may hide: `https://hooks.example/x?token=***&***`.
///
/// Names stay and values go; a part without `=` may be the secret itself, so it goes as a whole. Masking twice changes nothing more.
enum MaskedURL {
    static let mask = "***"

    static func hasQuery(_ url: String) -> Bool { url.utf8.contains(UInt8(ascii: "?")) }

    static func text(of url: String) -> String {
        guard let mark = url.utf8.firstIndex(of: UInt8(ascii: "?")) else { return url }
        let query = url.utf8[mark...].dropFirst()
        let parts = query.split(separator: UInt8(ascii: "&"), omittingEmptySubsequences: false).map { part in
            guard !part.isEmpty else { return "" }
            guard let sign = part.firstIndex(of: UInt8(ascii: "=")) else { return Self.mask }
            return "\(Substring(part[...sign]))\(Self.mask)"
        }
        return "\(url[...mark])\(parts.joined(separator: "&"))"
    }
}
