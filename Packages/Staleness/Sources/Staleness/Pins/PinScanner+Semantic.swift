extension PinScanner {
    /// Reads `name@1.2.3` of npm; `name` ends right before the `@`.
    ///
    /// - Parameter nameStart: Where the name without its scope begins.
    /// - Returns: Where it ends, when it is one.
    mutating func npmPin(name: Range<Int>, nameStart: Int) -> Int? {
        guard name.count <= Self.nameLimit, self.isLowerCase(nameStart..<name.upperBound) else { return nil }
        let start = name.upperBound + 1
        var digits = start
        if let sign = self.text.byte(at: start), sign == UInt8(ascii: "^") || sign == UInt8(ascii: "~") { digits += 1 }
        // An address has a name behind its sign, a tag such as `latest` is no version.
        guard self.text.byte(at: digits)?.isASCIIDigit == true else { return nil }
        var end = self.text.end(of: digits, limit: 64) { $0.isTokenByte || $0 == UInt8(ascii: "+") }
        switch self.text.byte(at: end) {
        case UInt8(ascii: "@"), UInt8(ascii: "/"), UInt8(ascii: ":"): return nil
        case let byte? where byte.isTokenByte: return nil
        default: break
        }
        while end > digits, self.text.byte(at: end - 1)?.isNameSeparator == true { end -= 1 }
        let versions = self.text.text(start..<end)
        guard let range = try? NPMRange(versions) else { return nil }
        self.add(PackagePin(.npm, self.text.text(name), versions, .npm(range), .text))
        return end
    }

    /// Reads `@scope/name@1.2.3` from its first `@` on.
    mutating func scopedName() -> Int? {
        let scope = self.text.end(of: self.index + 1, limit: Self.nameLimit) { $0.isTokenByte }
        guard scope > self.index + 1, self.text.byte(at: scope) == UInt8(ascii: "/"), self.isLowerCase(self.index + 1..<scope)
        else { return nil }
        let end = self.text.end(of: scope + 1, limit: Self.nameLimit) { $0.isTokenByte }
        guard self.text.byte(at: end) == UInt8(ascii: "@") else { return nil }
        return self.npmPin(name: self.index..<end, nameStart: scope + 1)
    }

    /// Whether it is the form of an npm name: no capitals, a letter or digit first.
    private mutating func isLowerCase(_ name: Range<Int>) -> Bool {
        guard let first = self.text.byte(at: name.lowerBound), first.isASCIILetterOrDigit else { return false }
        let end = self.text.end(of: name.lowerBound, limit: name.count) { $0.loweredASCII == $0 }
        return end == name.upperBound && !name.isEmpty
    }

    /// Reads the arguments of `.package(…)` of a Swift manifest, from behind the bracket on.
    ///
    /// - Returns: Where reading ended, whether it is one or not.
    mutating func swiftPackage(from start: Int) -> Int {
        var reader = SwiftPackageReader(text: self.text, index: start)
        let pin = reader.read()
        self.text = reader.text
        if let pin { self.add(pin) }
        return reader.index
    }
}

/// Reads the arguments of `.package(…)`, from left to right and never back.
private struct SwiftPackageReader {
    var text: PinText
    var index: Int
    private var name: String?
    private var found: (requirement: SwiftRequirement, versions: String)?

    init(text: PinText, index: Int) {
        self.text = text
        self.index = index
    }

    /// What stands behind the versions, such as `traits: []`, need not be understood.
    mutating func read() -> PackagePin? {
        for _ in 0..<8 {
            self.skipBlanks()
            guard self.argument() else { break }
            self.skipBlanks()
            if self.take(")") { break }
            guard self.take(",") else { break }
            self.skipBlanks()
            if self.take(")") { break }
        }
        guard let name = self.name, let (requirement, versions) = self.found else { return nil }
        return PackagePin(.swift, name, versions, .swift(requirement), .text)
    }

    private mutating func argument() -> Bool {
        if self.text.byte(at: self.index) == UInt8(ascii: "\"") { return self.range() }
        _ = self.take(".")
        let start = self.index
        self.index = self.text.end(of: start, limit: 32) { $0.isASCIILetter }
        let label = self.text.text(start..<self.index)
        if self.take("(") { return self.call(label) }
        guard self.take(":") else { return false }
        self.skipBlanks()
        if label == "from" || label == "exact" { return self.version(label) }
        guard let value = self.string() else { return false }
        if label == "url" || label == "id" { self.name = Self.name(of: value) }
        return label != "url" && label != "id" || self.name != nil
    }

    /// `.upToNextMajor(from: "1.2.3")`, `.exact("1.2.3")`, and others that name no version.
    private mutating func call(_ name: String) -> Bool {
        self.skipBlanks()
        if name == "exact" {
            guard self.version("exact") else { return false }
        } else {
            if self.text.byte(at: self.index) != UInt8(ascii: "\"") {
                guard self.text.hasText("from", at: self.index) else { return false }
                self.index += 4
                self.skipBlanks()
                guard self.take(":") else { return false }
                self.skipBlanks()
            }
            switch name {
            case "upToNextMajor": guard self.version("from") else { return false }
            case "upToNextMinor": guard self.version("upToNextMinor") else { return false }
            default: guard self.string() != nil else { return false }
            }
        }
        self.skipBlanks()
        return self.take(")")
    }

    private mutating func version(_ label: String) -> Bool {
        guard let text = self.string(), let version = try? SemanticVersion(text) else { return false }
        let requirement: SwiftRequirement =
            switch label {
            case "exact": .exact(version)
            case "upToNextMinor": .upToNextMinor(version)
            default: .upToNextMajor(version)
            }
        self.found = (requirement, "\(label): \(version)")
        return true
    }

    /// `"1.2.3"..<"2.0.0"` and `"1.2.3"..."2.0.0"`.
    private mutating func range() -> Bool {
        guard let low = self.string(), let lower = try? SemanticVersion(low) else { return false }
        self.skipBlanks()
        let isOpen = self.text.hasText("..<", at: self.index)
        guard isOpen || self.text.hasText("...", at: self.index) else { return false }
        self.index += 3
        self.skipBlanks()
        guard let high = self.string(), let upper = try? SemanticVersion(high),
            let range = isOpen ? SwiftRequirement.range(lower, below: upper) : SwiftRequirement.range(lower, through: upper)
        else { return false }
        self.found = (range, "\(lower)\(isOpen ? "..<" : "...")\(upper)")
        return true
    }

    /// A text in quotes of at most 512 bytes on one line, without escapes.
    private mutating func string() -> String? {
        guard self.take("\"") else { return nil }
        let start = self.index
        self.index = self.text.end(of: start, limit: 512) { byte in
            byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\") && !byte.isLineEnd
        }
        let value = self.text.text(start..<self.index)
        return self.take("\"") ? value : nil
    }

    /// The identity of a package: the last part of its URL without `.git`, or the whole id.
    private static func name(of location: String) -> String? {
        var path = location.utf8[...]
        if path.last == UInt8(ascii: "/") { path = path.dropLast() }
        if let slash = path.lastIndex(where: { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: ":") }) {
            path = path[slash...].dropFirst()
        }
        var name = Array(path)
        if name.count > 4, name.suffix(4).elementsEqual(".git".utf8) { name.removeLast(4) }
        guard (1...PinScanner.nameLimit).contains(name.count), name.allSatisfy(\.isTokenByte) else { return nil }
        return String(decoding: name.map(\.loweredASCII), as: UTF8.self)
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard self.text.byte(at: self.index) == UInt8(ascii: character) else { return false }
        self.index += 1
        return true
    }

    private mutating func skipBlanks() {
        self.index = self.text.end(of: self.index) { $0.isBlank || $0.isLineEnd }
    }
}
