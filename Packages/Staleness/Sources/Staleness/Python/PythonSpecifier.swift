/// A condition on versions of a Python package, such as `>=1.2` or `==2.*` (PEP 440), with the behaviour of `packaging` 26.3.
public struct PythonSpecifier: Sendable, Hashable, CustomStringConvertible {
    /// What is compared how.
    public enum Operator: String, Sendable, Hashable, CaseIterable {
        /// Compatible release: `~=2.2` is `>=2.2, ==2.*`.
        case compatible = "~="
        /// Equal; a local version of the candidate counts only where the specifier has one.
        case equal = "=="
        /// Not equal.
        case notEqual = "!="
        /// At most.
        case atMost = "<="
        /// At least.
        case atLeast = ">="
        /// Less, and no pre-release of the version itself.
        case less = "<"
        /// Greater, and no post-release or local version of the version itself.
        case greater = ">"
        /// The same text, letters in any case.
        case identical = "==="
    }

    /// What is compared how.
    public let comparison: Operator
    /// The version as it was written, with `.*` at its end if that stood there.
    public let text: String
    /// The version, of the part before `.*`; nil for ``Operator/identical`` only.
    public let version: PythonVersion?
    let spans: [VersionSpan]

    /// Reads one condition; blanks around it and behind the operator are ignored.
    ///
    /// - Throws: ``VersionError`` with code `tooLong` or `invalidSpecifier`.
    public init(_ text: String) throws(VersionError) {
        guard text.utf8.count <= VersionError.longestText else { throw .tooLong }
        let trimmed = text.trimmed
        guard let comparison = Self.comparison(at: trimmed) else { throw Self.invalid("it begins with no operator") }
        let operand = String(trimmed.dropFirst(comparison.rawValue.count).trimmed)
        self.comparison = comparison
        self.text = operand
        if comparison == .identical {
            guard operand.unicodeScalars.allSatisfy({ !$0.isPythonBlank && $0 != ";" && $0 != ")" }) else {
                throw Self.invalid("behind === stands no blank, semicolon or closing bracket")
            }
            self.version = nil
            self.spans = []
        } else {
            let version = try Self.version(operand, comparison)
            self.version = version
            self.spans = VersionSpan.spans(comparison, version, isPrefix: operand.hasSuffix(".*"))
        }
    }

    /// Longer operators come before those that they begin with.
    private static func comparison(at text: some StringProtocol) -> Operator? {
        let order: [Operator] = [.identical, .compatible, .equal, .notEqual, .atMost, .atLeast, .less, .greater]
        return order.first { text.hasPrefix($0.rawValue) }
    }

    private static func invalid(_ message: String) -> VersionError { VersionError(.invalidSpecifier, message) }

    private static func version(_ text: String, _ comparison: Operator) throws(VersionError) -> PythonVersion {
        if text.hasSuffix(".*") {
            guard comparison == .equal || comparison == .notEqual else { throw Self.invalid(".* stands behind == and != only") }
            guard let version = try PythonVersionReader.prefix(text) else {
                throw Self.invalid("before .* stands nothing but a release")
            }
            return version
        }
        let version: PythonVersion
        do throws(VersionError) {
            version = try PythonVersion(text)
        } catch {
            throw error.code == .tooLong ? error : Self.invalid("behind the operator stands no version")
        }
        if comparison == .compatible, version.release.count < 2 { throw Self.invalid("~= needs two numbers or more") }
        if !version.local.isEmpty, comparison != .equal, comparison != .notEqual {
            throw Self.invalid("a local version stands behind ==, != and === only")
        }
        return version
    }

    /// Whether it names a pre-release, and so admits pre-releases by itself.
    ///
    /// `!=` and `.*` do not; nil where that is not known, as of a text behind `===` that is no version.
    public var namesPrerelease: Bool? {
        switch self.comparison {
        case .notEqual: return false
        case .equal where self.text.hasSuffix(".*"): return false
        case .identical: return (try? PythonVersion(self.text))?.isPrerelease
        default: return self.version?.isPrerelease
        }
    }

    /// Whether a version meets it, pre-releases too.
    public func contains(_ candidate: PythonVersion) -> Bool {
        if self.comparison == .identical { return self.isIdentical(to: candidate.description) }
        return VersionSpan.contain(self.spans, candidate)
    }

    /// Whether a text meets it, as ``Operator/identical`` compares texts; what is no version meets no other condition.
    public func contains(text: String) -> Bool {
        if self.comparison == .identical { return self.isIdentical(to: text) }
        guard let version = try? PythonVersion(text) else { return false }
        return VersionSpan.contain(self.spans, version)
    }

    private func isIdentical(to other: String) -> Bool { self.text.lowercased().utf8.elementsEqual(other.lowercased().utf8) }

    /// The operator and the version as it was written.
    public var description: String { self.comparison.rawValue + self.text }

    /// Operator and version, equal for conditions that are: `== 1.0.0` and `==1`, but not `~=1.0.0` and `~=1.0`.
    var canonical: String {
        guard let version = self.version, !self.text.hasSuffix(".*") else { return self.description }
        return self.comparison.rawValue + (self.comparison == .compatible ? version.description : version.canonicalDescription)
    }

    /// Whether two conditions are written alike but for zeros, blanks and spelling.
    public static func == (left: PythonSpecifier, right: PythonSpecifier) -> Bool {
        left.canonical.utf8.elementsEqual(right.canonical.utf8)
    }

    /// Hashes what equality compares.
    public func hash(into hasher: inout Hasher) { hasher.combine(self.canonical) }
}
