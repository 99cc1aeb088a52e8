/// Paths as bytes.
enum ScanPath {
    private static let slash = UInt8(ascii: "/")

    /// The path without `./` at its start, doubled slashes, and slashes at its end; the working folder is the empty path.
    static func normal(_ path: [UInt8]) -> [UInt8] {
        guard !path.isEmpty else { return path }
        var parts = path.split(separator: Self.slash)
        if path.first == Self.slash { return [Self.slash] + Array(parts.joined(separator: [Self.slash])) }
        while parts.first?.elementsEqual(".".utf8) == true { parts.removeFirst() }
        return Array(parts.joined(separator: [Self.slash]))
    }

    /// What opens the path.
    static func opening(_ path: [UInt8]) -> [UInt8] {
        path.isEmpty ? [UInt8(ascii: ".")] : path
    }

    /// A name in a folder.
    static func joined(_ folder: [UInt8], _ name: [UInt8]) -> [UInt8] {
        if folder.isEmpty { return name }
        return folder.last == Self.slash ? folder + name : folder + [Self.slash] + name
    }

    /// The folder in which a path lies; nil for the root.
    static func parent(_ path: [UInt8]) -> [UInt8]? {
        guard path.count > 1, let end = path.lastIndex(of: Self.slash) else { return nil }
        return end == 0 ? [Self.slash] : Array(path[..<end])
    }
}
