/// An absolute POSIX path that means one place, whoever decodes or folds it on the way.
///
/// Empty segments, `.` between others and a slash at the end are dropped; nothing else is changed. A path is refused
/// where any form of it (as sent, percent-decoded, folded, and both in turns until nothing changes) reads otherwise: with another
/// number of separators, a `..`, a backslash or a control character. What is left may stand in the text as it was sent:
/// `report..final.csv`, `100%.txt`, `…` and names of all scripts are ordinary. Links in the file system are not known here.
///
/// ```swift
/// let root = try CanonicalPath("/data/")
/// try CanonicalPath("/data/a/./b.csv").isInside(root)        // true
/// try CanonicalPath("/data-old/b.csv").isInside(root)        // false
/// try CanonicalPath("/data/%252e%252e/etc")                  // throws: hiddenSeparator
/// ```
public struct CanonicalPath: Sendable, Hashable {
    /// The longest path that is read, in bytes of UTF-8: 4 096, as Linux has it.
    public static let maximumBytes = 4_096

    /// The names from the root on, as sent; none for the root itself.
    public let segments: [String]

    /// Reads a path.
    ///
    /// - Throws: ``TextFoldingError`` with the code that says why the path is refused.
    public init(_ text: String) throws(TextFoldingError) {
        guard text.utf8.count <= Self.maximumBytes else {
            throw TextFoldingError(.tooLong, message: "the path has more than \(Self.maximumBytes) bytes")
        }
        guard text.utf8.first == UInt8(ascii: "/"), !text.utf8.starts(with: "//".utf8) else {
            throw TextFoldingError(.notAbsolute, message: "the path does not begin with one slash")
        }
        var segments = text.utf8.split(separator: UInt8(ascii: "/"))
        if segments.last.map({ $0.elementsEqual(".".utf8) }) == true {
            throw TextFoldingError(.traversal, message: "the path ends with a dot segment")
        }
        try PathForms.check(text)
        segments.removeAll { $0.elementsEqual(".".utf8) }
        self.segments = segments.map { String(Substring($0)) }
    }

    /// The path in its normal form, such as `/data/b.csv`; reading it again gives the same path.
    public var text: String { "/" + self.segments.joined(separator: "/") }

    /// How many names the path has; 0 for the root.
    public var depth: Int { self.segments.count }

    /// Whether the path is the other one or below it; names are compared byte by byte and as a whole.
    public func isInside(_ prefix: CanonicalPath) -> Bool {
        prefix.segments.count <= self.segments.count
            && zip(prefix.segments, self.segments).allSatisfy { $0.utf8.elementsEqual($1.utf8) }
    }

    /// Compares byte by byte, unlike strings, for which composed and decomposed letters are equal.
    public static func == (left: CanonicalPath, right: CanonicalPath) -> Bool {
        left.segments.count == right.segments.count && left.isInside(right)
    }

    /// Hashes the bytes.
    public func hash(into hasher: inout Hasher) {
        for segment in self.segments {
            for byte in segment.utf8 { hasher.combine(byte) }
            hasher.combine(UInt8(ascii: "/"))
        }
    }
}
