/// What an entry says about the version of a package that it speaks of.
public struct PackagePin: Sendable, Hashable {
    /// Whose rules the name and the version follow.
    public enum Ecosystem: String, Sendable, Hashable, CaseIterable {
        /// Python packages: PEP 503 names, PEP 440 versions.
        case python
        /// npm packages: `lodash`, `@scope/name`; Semantic Versioning with npm's ranges.
        case npm
        /// Swift packages, named by the last part of their URL; Semantic Versioning.
        case swift
    }

    /// Where it was found.
    public enum Source: String, Sendable, Hashable, CaseIterable {
        /// In the members `library` and `library_version` of the metadata.
        case metadata
        /// In the text.
        case text
    }

    /// Which versions are meant.
    public enum Requirement: Sendable, Hashable {
        /// One version of a Python package.
        case version(PythonVersion)
        /// A range of versions of a Python package.
        case range(PythonSpecifierSet)
        /// A range of npm, which may be a single version.
        case npm(NPMRange)
        /// What a Swift manifest asks for.
        case swift(SwiftRequirement)
        /// The name or the version in the metadata is none; the text says what is wrong, and repeats nothing.
        case unreadable(String)
    }

    /// Whose rules it follows.
    public let ecosystem: Ecosystem
    /// The name: of Python packages in normal form, else as it was written; 1 to 214 bytes.
    public let name: String
    /// The versions as text, such as `1.4.2`, `<2,>=1.2`, `^4.17.21` or `from: 2.0.0`; 1 to 1 024 bytes.
    public let versions: String
    /// Which versions are meant.
    public let requirement: Requirement
    /// Where it was found.
    public let source: Source

    init(_ ecosystem: Ecosystem, _ name: String, _ versions: String, _ requirement: Requirement, _ source: Source) {
        self.ecosystem = ecosystem
        self.name = name
        self.versions = versions
        self.requirement = requirement
        self.source = source
    }

    /// The pin that metadata declares: `{"library": "numpy", "library_version": "2.1.0"}` (CONTRACTS §4.3).
    ///
    /// The version may be a range, such as `>=2,<3`. Names and versions that are none make a pin with the requirement
    /// ``Requirement/unreadable(_:)``, so that whoever asks hears why there is no grade.
    ///
    /// - Parameters:
    ///   - library: The member `library`; nil where there is none or it is no string.
    ///   - version: The member `library_version`, likewise.
    /// - Returns: nil when one of them is missing or holds nothing but blanks.
    public static func declared(library: String?, version: String?) -> PackagePin? {
        guard let library, let version else { return nil }
        // So long a text is no name or version; nothing of it is worth being kept.
        let (name, text) = (library.start.trimmed, version.start.trimmed)
        guard !name.isEmpty, !text.isEmpty else { return nil }
        let shownName = String(name).oneLine(limit: 64) ?? "?"
        let shownText = String(text).oneLine(limit: 64) ?? "?"
        // Extras, as in `requests[socks]`, choose parts of the same package.
        let bare = name.last == "]" ? name.prefix { $0 != "[" }.trimmed : name
        guard library.utf8.count <= 1_024, let package = PythonPackageName(bare) else {
            return PackagePin(
                .python, shownName, shownText, .unreadable("library is not the name of a Python package"), .metadata)
        }
        guard version.utf8.count <= 1_024, let pin = Self.python(package, String(text), .metadata) else {
            return PackagePin(
                .python, package.description, shownText,
                .unreadable("library_version is neither a version nor a range of versions of PEP 440"), .metadata)
        }
        return pin
    }

    /// A pin of a Python package: `1.2`, `==1.2` and `===1.2` are one version, other conditions a range.
    static func python(_ name: PythonPackageName, _ versions: String, _ source: Source) -> PackagePin? {
        func exact(_ version: PythonVersion) -> PackagePin {
            PackagePin(.python, name.description, version.description, .version(version), source)
        }
        if let version = try? PythonVersion(versions) { return exact(version) }
        guard let set = try? PythonSpecifierSet(versions), !set.specifiers.isEmpty else { return nil }
        if set.specifiers.count == 1, let only = set.specifiers.first, !only.text.hasSuffix(".*") {
            if only.comparison == .equal, let version = only.version { return exact(version) }
            if only.comparison == .identical { return (try? PythonVersion(only.text)).map(exact) }
        }
        // What is only excluded says nothing about what is meant.
        guard set.specifiers.contains(where: { $0.comparison != .notEqual }) else { return nil }
        return PackagePin(.python, name.description, set.description, .range(set), source)
    }
}

extension String {
    /// The first 1 024 scalars.
    fileprivate var start: String { String(String.UnicodeScalarView(self.unicodeScalars.prefix(1_024))) }
}
