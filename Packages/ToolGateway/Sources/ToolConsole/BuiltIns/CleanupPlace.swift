#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A folder in which the program leaves files that are of no use after some time.
public struct CleanupPlace: Sendable, Hashable {
    /// The folder; it need not be there.
    public let folder: String
    /// How files are named that belong to the program.
    public enum Names: Sendable, Hashable {
        /// They begin so; not empty.
        case prefixed(String)
        /// They are a UUID before their ending.
        case identifiers
    }

    /// How files are named that belong to the program.
    public let names: Names
    /// How they end: one of these.
    public let suffixes: [String]
    /// How long nobody has written to a file before it is removed; an hour or more.
    public let minimumAge: Duration

    /// Names a folder.
    ///
    /// - Parameters:
    ///   - folder: The folder; those in it are not entered.
    ///   - names: How files are named that belong to the program.
    ///   - suffixes: How they end.
    ///   - minimumAge: How long nobody has written to them.
    public init(
        folder: String, names: Names = .prefixed("gatehouse-"), suffixes: [String] = [".tmp", ".upload", ".spool", ".partial"],
        minimumAge: Duration = .seconds(86_400)
    ) {
        precondition(names != .prefixed(""), "files of the program have a name of their own")
        self.folder = folder
        self.names = names
        self.suffixes = suffixes
        self.minimumAge = max(minimumAge, .seconds(3_600))
    }

    /// Whether a name is one of the program's.
    func owns(_ name: String) -> Bool {
        let bytes = name.utf8
        return self.suffixes.contains { suffix in
            guard bytes.count >= suffix.utf8.count, bytes.suffix(suffix.utf8.count).elementsEqual(suffix.utf8) else {
                return false
            }
            let stem = bytes.dropLast(suffix.utf8.count)
            switch self.names {
            case .prefixed(let prefix): return stem.starts(with: prefix.utf8)
            case .identifiers: return stem.count == 36 && UUID(uuidString: String(Substring(stem))) != nil
            }
        }
    }
}
