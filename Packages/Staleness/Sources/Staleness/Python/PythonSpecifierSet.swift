/// Conditions on versions of a Python package that hold together, such as `>=1.2, !=1.3.*` (PEP 440), with the behaviour of
/// `packaging` 26.3.
///
/// ```swift
/// let set = try PythonSpecifierSet(">=1.0,<2")
/// try set.contains(PythonVersion("1.5"))                      // true
/// set.filter(["1.4", "1.5rc1"])                               // ["1.4"]: pre-releases only where there is nothing else
/// ```
public struct PythonSpecifierSet: Sendable, Hashable, CustomStringConvertible {
    /// The conditions as they were written.
    public let specifiers: [PythonSpecifier]

    /// Reads conditions with commas between them; empty text is no condition.
    ///
    /// - Throws: ``VersionError`` with code `tooLong` or `invalidSpecifier`.
    public init(_ text: String) throws(VersionError) {
        guard text.utf8.count <= VersionError.longestText else { throw .tooLong }
        var specifiers: [PythonSpecifier] = []
        for part in text.split(separator: ",") {
            let part = part.trimmed
            if !part.isEmpty { specifiers.append(try PythonSpecifier(String(part))) }
        }
        self.specifiers = specifiers
    }

    /// Whether a condition names a pre-release; nil when none does.
    private var admitsPrereleases: Bool? { self.specifiers.contains { $0.namesPrerelease == true } ? true : nil }

    private var comparesTexts: Bool { self.specifiers.contains { $0.comparison == .identical } }

    /// Whether a version meets all conditions.
    ///
    /// - Parameter prereleases: Whether pre-releases may; where nobody says, they may, as there is nothing else to choose.
    public func contains(_ candidate: PythonVersion, prereleases: Bool? = nil) -> Bool {
        if prereleases == false, candidate.isPrerelease { return false }
        return self.specifiers.allSatisfy { $0.contains(candidate) }
    }

    /// Whether a text meets all conditions; what is no version meets `===` alone, and no condition at all.
    ///
    /// - Parameter prereleases: Whether pre-releases may; where nobody says, they may.
    public func contains(_ text: String, prereleases: Bool? = nil) -> Bool {
        guard let version = try? PythonVersion(text) else {
            return self.specifiers.allSatisfy { $0.contains(text: text) }
        }
        if prereleases == false, version.isPrerelease { return false }
        guard self.comparesTexts else { return self.specifiers.allSatisfy { $0.contains(version) } }
        return self.specifiers.allSatisfy { $0.contains(text: text) }
    }

    /// The texts that meet all conditions, in their order.
    ///
    /// - Parameter prereleases: Whether pre-releases may; where nobody says, they do if a condition names one, and otherwise
    ///   only where no other version meets the conditions.
    public func filter(_ texts: [String], prereleases: Bool? = nil) -> [String] {
        let found = texts.compactMap { text -> (text: String, version: PythonVersion?)? in
            let version = try? PythonVersion(text)
            // Without a condition any text stands; with one, only what is a version or is compared as text.
            guard version != nil || self.specifiers.isEmpty || self.comparesTexts else { return nil }
            let isMet =
                if let version, !self.comparesTexts {
                    self.specifiers.allSatisfy { $0.contains(version) }
                } else {
                    self.specifiers.allSatisfy { $0.contains(text: text) }
                }
            return isMet ? (text, version) : nil
        }
        switch prereleases ?? self.admitsPrereleases {
        case true?: return found.map(\.text)
        case false?: return found.filter { $0.version?.isPrerelease != true }.map(\.text)
        case nil:
            let hasFinal = found.contains { $0.version?.isPrerelease == false }
            return found.filter { !hasFinal || $0.version?.isPrerelease != true }.map(\.text)
        }
    }

    /// The conditions in the order of their texts, each once, with commas between them.
    public var description: String { self.canonicalSpecifiers.map(\.description).joined(separator: ",") }

    private var canonicalSpecifiers: [PythonSpecifier] {
        var seen: Set<PythonSpecifier> = []
        return self.specifiers.sorted { $0.description.unicodeScalars.lexicographicallyPrecedes($1.description.unicodeScalars) }
            .filter { seen.insert($0).inserted }
    }

    /// Whether two sets have the same conditions, whatever their order.
    public static func == (left: PythonSpecifierSet, right: PythonSpecifierSet) -> Bool {
        left.canonicalSpecifiers == right.canonicalSpecifiers
    }

    /// Hashes what equality compares.
    public func hash(into hasher: inout Hasher) { hasher.combine(self.canonicalSpecifiers) }
}
