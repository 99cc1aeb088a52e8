/// Reads Semantic Versioning and what npm's ranges make of it, from left to right.
struct SemanticReader {
    private let bytes: [UInt8]
    private(set) var index = 0

    init(_ text: some StringProtocol) {
        self.bytes = Array(text.utf8)
    }

    var isAtEnd: Bool { self.index == self.bytes.count }
    var peek: UInt8? { self.index < self.bytes.count ? self.bytes[self.index] : nil }

    /// Takes a character if it comes next.
    mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard self.peek == UInt8(ascii: character) else { return false }
        self.index += 1
        return true
    }

    mutating func skipBlanks() {
        while let byte = self.peek, byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") { self.index += 1 }
    }

    /// Three numbers, pre-release and build.
    mutating func version() -> SemanticVersion? {
        guard let major = self.number(), self.take("."), let minor = self.number(), self.take("."), let patch = self.number(),
            let (prerelease, build) = self.qualifiers()
        else { return nil }
        return SemanticVersion(major, minor, patch, prerelease: prerelease, build: build)
    }

    /// A number without leading zeros.
    mutating func number() -> VersionNumber? {
        let start = self.index
        while let byte = self.peek, byte.isASCIIDigit { self.index += 1 }
        let digits = self.bytes[start..<self.index]
        guard !digits.isEmpty, digits.count == 1 || digits.first != UInt8(ascii: "0") else { return nil }
        return VersionNumber(digits: digits)
    }

    /// What stands behind the numbers, both left out at will.
    mutating func qualifiers() -> ([SemanticVersion.Identifier], String)? {
        var prerelease: [SemanticVersion.Identifier] = []
        var build = ""
        if self.take("-") {
            guard let parts = self.identifiers() else { return nil }
            for part in parts {
                guard let identifier = Self.identifier(part) else { return nil }
                prerelease.append(identifier)
            }
        }
        if self.take("+") {
            guard let parts = self.identifiers() else { return nil }
            build = parts.map { String(decoding: $0, as: UTF8.self) }.joined(separator: ".")
        }
        return (prerelease, build)
    }

    private static func identifier(_ part: ArraySlice<UInt8>) -> SemanticVersion.Identifier? {
        guard part.allSatisfy(\.isASCIIDigit) else { return .text(String(decoding: part, as: UTF8.self)) }
        guard part.count == 1 || part.first != UInt8(ascii: "0") else { return nil }
        return .number(VersionNumber(digits: part))
    }

    /// Letters, digits and hyphens, with points between, none of them empty.
    private mutating func identifiers() -> [ArraySlice<UInt8>]? {
        var parts: [ArraySlice<UInt8>] = []
        while true {
            let start = self.index
            while let byte = self.peek, byte.isASCIIAlphanumeric || byte == UInt8(ascii: "-") { self.index += 1 }
            guard start < self.index else { return nil }
            parts.append(self.bytes[start..<self.index])
            guard self.take(".") else { return parts }
        }
    }
}

extension UInt8 {
    var isASCIIDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
}
