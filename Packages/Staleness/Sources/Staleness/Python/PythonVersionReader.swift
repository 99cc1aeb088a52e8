/// Reads versions of PEP 440 from left to right: no byte is looked at twice, whatever the text.
struct PythonVersionReader {
    private let bytes: UnsafeBufferPointer<UInt8>
    private var index = 0

    private init(bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
    }

    /// A version that is the whole text but for blanks around it.
    ///
    /// - Throws: ``VersionError`` with code `tooLong` or `invalidVersion`.
    static func wholeVersion(_ text: String) throws(VersionError) -> PythonVersion {
        let version = try Self.read(text) { reader in
            reader.plainVersion() ?? reader.version().flatMap { reader.isAtEnd ? $0 : nil }
        }
        guard let version else { throw VersionError(.invalidVersion, "it is no version of PEP 440") }
        return version
    }

    /// A version without anything but epoch and release, before `.*` at the end of the text; nil for any other text.
    ///
    /// - Throws: ``VersionError`` with code `tooLong`.
    static func prefix(_ text: String) throws(VersionError) -> PythonVersion? {
        try Self.read(text) { reader in
            guard let (epoch, release) = reader.epochAndRelease(), reader.bytes[reader.index...].elementsEqual(".*".utf8) else {
                return nil
            }
            return PythonVersion(epoch: epoch, release: release)
        }
    }

    private static func read(
        _ text: String, _ body: (inout PythonVersionReader) -> PythonVersion?
    ) throws(VersionError) -> PythonVersion? {
        guard text.utf8.count <= VersionError.longestText else { throw .tooLong }
        let visible: ClosedRange<UInt8> = 0x21...0x7E
        let isTrimmed = text.utf8.first.map(visible.contains) ?? true && text.utf8.last.map(visible.contains) ?? true
        var text = isTrimmed ? text : String(text.trimmed)
        return text.withUTF8 { bytes in
            var reader = PythonVersionReader(bytes: bytes)
            return body(&reader)
        }
    }

    private var isAtEnd: Bool { self.index == self.bytes.count }

    /// A text of nothing but few small numbers with points between, as most are; nil for any other, of which nothing is taken.
    private func plainVersion() -> PythonVersion? {
        var numbers: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        var count = 0
        var digits = 0
        var number: UInt64 = 0
        for byte in self.bytes {
            if byte.isASCIIDigit {
                digits += 1
                guard digits <= 6 else { return nil }
                number = number &* 10 &+ UInt64(byte & 0x0F)
            } else {
                guard byte == UInt8(ascii: "."), digits > 0, count < 3 else { return nil }
                switch count {
                case 0: numbers.0 = number
                case 1: numbers.1 = number
                default: numbers.2 = number
                }
                count += 1
                digits = 0
                number = 0
            }
        }
        guard digits > 0 else { return nil }
        switch count {
        case 0: numbers.0 = number
        case 1: numbers.1 = number
        case 2: numbers.2 = number
        default: numbers.3 = number
        }
        return PythonVersion(plain: numbers, count: count + 1)
    }

    private mutating func version() -> PythonVersion? {
        guard let (epoch, release) = self.epochAndRelease() else { return nil }
        let prerelease = self.prerelease()
        let post = self.post()
        let development = self.numbered(["dev"])
        var local: [PythonVersion.LocalPart] = []
        if self.take("+") {
            guard let parts = self.local() else { return nil }
            local = parts
        }
        return PythonVersion(
            epoch: epoch, release: release, prerelease: prerelease, post: post, development: development, local: local)
    }

    private mutating func epochAndRelease() -> (VersionNumber, [VersionNumber])? {
        _ = self.take("v") || self.take("V")
        guard var first = self.number() else { return nil }
        var epoch: VersionNumber = 0
        if self.take("!") {
            guard let number = self.number() else { return nil }
            epoch = first
            first = number
        }
        var release = [first]
        while self.peek == UInt8(ascii: "."), self.isDigit(at: self.index + 1) {
            self.index += 1
            if let number = self.number() { release.append(number) }
        }
        return (epoch, release)
    }

    private static let prereleases: [(letters: StaticString, kind: PythonVersion.PrereleaseKind)] = [
        ("alpha", .alpha), ("a", .alpha), ("beta", .beta), ("b", .beta), ("preview", .candidate), ("pre", .candidate),
        ("c", .candidate), ("rc", .candidate),
    ]

    private mutating func prerelease() -> PythonVersion.Prerelease? {
        guard !self.isAtEnd else { return nil }
        let start = self.index
        self.skipSeparator()
        for (letters, kind) in Self.prereleases where self.takeLetters(letters) {
            return PythonVersion.Prerelease(kind: kind, number: self.numberBehindLetters())
        }
        self.index = start
        return nil
    }

    private mutating func post() -> VersionNumber? {
        if self.peek == UInt8(ascii: "-"), self.isDigit(at: self.index + 1) {
            self.index += 1
            return self.number()
        }
        return self.numbered(["post", "rev", "r"])
    }

    /// A separator, one of the words, and a number, each of them but the word left out at will.
    private mutating func numbered(_ words: [StaticString]) -> VersionNumber? {
        guard !self.isAtEnd else { return nil }
        let start = self.index
        self.skipSeparator()
        for word in words where self.takeLetters(word) { return self.numberBehindLetters() }
        self.index = start
        return nil
    }

    private mutating func numberBehindLetters() -> VersionNumber {
        self.skipSeparator()
        return self.number() ?? 0
    }

    private mutating func local() -> [PythonVersion.LocalPart]? {
        var parts: [PythonVersion.LocalPart] = []
        while true {
            let start = self.index
            while let byte = self.peek, byte.isASCIIAlphanumeric { self.index += 1 }
            let part = self.bytes[start..<self.index]
            guard !part.isEmpty else { return nil }
            let isNumber = part.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            parts.append(
                isNumber
                    ? .number(VersionNumber(digits: part)) : .text(String(decoding: part.map(\.asciiLowercased), as: UTF8.self)))
            guard let separator = self.peek, Self.isSeparator(separator) else { return parts }
            self.index += 1
        }
    }

    // MARK: - Bytes

    private var peek: UInt8? { self.index < self.bytes.count ? self.bytes[self.index] : nil }

    private func isDigit(at index: Int) -> Bool {
        index < self.bytes.count && (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self.bytes[index])
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard self.peek == UInt8(ascii: character) else { return false }
        self.index += 1
        return true
    }

    private mutating func number() -> VersionNumber? {
        let start = self.index
        while self.isDigit(at: self.index) { self.index += 1 }
        return start == self.index ? nil : VersionNumber(digits: self.bytes[start..<self.index])
    }

    private static func isSeparator(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
    }

    private mutating func skipSeparator() {
        if let byte = self.peek, Self.isSeparator(byte) { self.index += 1 }
    }

    /// Takes letters in any case.
    private mutating func takeLetters(_ letters: StaticString) -> Bool {
        let count = letters.utf8CodeUnitCount
        guard self.bytes.count - self.index >= count else { return false }
        let isThere = letters.withUTF8Buffer { word in
            (0..<count).allSatisfy { self.bytes[self.index + $0].asciiLowercased == word[$0] }
        }
        if isThere { self.index += count }
        return isThere
    }
}

extension UInt8 {
    var isASCIIAlphanumeric: Bool {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"):
            true
        default: false
        }
    }

    var asciiLowercased: UInt8 { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(self) ? self | 0x20 : self }
}

extension StringProtocol {
    /// The text without blanks around it, Unicode's too, as Python strips them.
    var trimmed: SubSequence {
        let scalars = self.unicodeScalars
        guard let first = scalars.firstIndex(where: { !$0.isPythonBlank }),
            let last = scalars.lastIndex(where: { !$0.isPythonBlank })
        else { return self[self.endIndex...] }
        return self[first..<scalars.index(after: last)]
    }
}

extension Unicode.Scalar {
    /// What `str.isspace` of Python takes for a blank.
    var isPythonBlank: Bool {
        switch self.value {
        case 0x09...0x0D, 0x1C...0x20, 0x85, 0xA0, 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000: true
        default: false
        }
    }
}
