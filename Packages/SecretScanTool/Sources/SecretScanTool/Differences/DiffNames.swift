/// Finds the name of the file that a diff is about, in the lines before its first hunk.
struct DiffNames: Sendable {
    /// The new version's name, relative to the top; nil outside diffs.
    private(set) var new: [UInt8]?
    private var old: [UInt8]?
    /// The name in both halves of `diff --git`, if they are the same: the diff was made without prefixes then.
    private var commonName: [UInt8]?
    private var isGit = false

    /// Takes a line outside hunks; returns the name of a file whose change is not shown as text.
    mutating func take(_ line: ArraySlice<UInt8>) -> [UInt8]? {
        if line.starts(with: "diff --git ".utf8) {
            self = DiffNames()
            self.isGit = true
            self.readBoth(line.dropFirst("diff --git ".utf8.count))
        } else if line.starts(with: "diff ".utf8) {
            self = DiffNames()
            self.isGit = line.starts(with: "diff --cc ".utf8) || line.starts(with: "diff --combined ".utf8)
            if self.isGit { self.new = Self.unquoted(line.drop { $0 != 32 }.dropFirst().drop { $0 != 32 }.dropFirst()) }
        } else if line.starts(with: "--- ".utf8) {
            self.old = self.name(line.dropFirst(4))
        } else if line.starts(with: "+++ ".utf8) {
            self.readNew(self.name(line.dropFirst(4)))
        } else if line.starts(with: "rename to ".utf8) || line.starts(with: "copy to ".utf8) {
            self.new = Self.unquoted(line.drop { $0 != 32 }.dropFirst().drop { $0 != 32 }.dropFirst())
        } else if Self.isBinary(line) || line.elementsEqual("GIT binary patch".utf8) {
            return self.isGit || line.first == UInt8(ascii: "B") ? self.new ?? self.binaryName(line) : nil
        }
        return nil
    }

    /// Reads the two names of `diff --git a/name b/name`; where they differ, later lines tell the new one.
    private mutating func readBoth(_ names: ArraySlice<UInt8>) {
        guard names.first != UInt8(ascii: "\"") else {
            // Quoted names have no blank inside that is not followed by their end; the second begins with a quote or without.
            if let end = Self.endOfQuoted(names), end + 1 < names.endIndex {
                self.setNames(Self.unquoted(names[...end]), Self.unquoted(names[(end + 2)...]))
            }
            return
        }
        guard names.count % 2 == 1 else { return }
        let middle = names.startIndex + names.count / 2
        guard names[middle] == 32 else { return }
        self.setNames(Array(names[..<middle]), Self.unquoted(names[(middle + 1)...]))
    }

    private mutating func setNames(_ old: [UInt8], _ new: [UInt8]) {
        if old == new {
            self.commonName = new
            self.new = new
        } else if Self.hasPrefix(old), Self.hasPrefix(new), old.dropFirst(2) == new.dropFirst(2) {
            self.new = Array(new.dropFirst(2))
        }
    }

    private mutating func readNew(_ name: [UInt8]) {
        if name == Array("/dev/null".utf8) {
            // A file that goes has no added lines; its name is told for what is binary.
            self.new = self.new ?? self.old
        } else if self.commonName == name {
            self.new = name
        } else if Self.hasPrefix(name),
            self.isGit || self.old.map({ Self.hasPrefix($0) || $0 == Array("/dev/null".utf8) }) == true
        {
            self.new = Array(name.dropFirst(2))
        } else {
            self.new = name
        }
    }

    /// A name behind `---` or `+++`; a tab ends it, before a time or because it has blanks.
    private func name(_ text: ArraySlice<UInt8>) -> [UInt8] {
        var text = text
        if text.last == 13 { text = text.dropLast() }
        return text.first == UInt8(ascii: "\"") ? Self.unquoted(text) : Array(text.prefix { $0 != 9 })
    }

    private static func isBinary(_ line: ArraySlice<UInt8>) -> Bool {
        let line = line.last == 13 ? line.dropLast() : line
        return line.starts(with: "Binary files ".utf8) && line.suffix(7).elementsEqual(" differ".utf8)
    }

    /// The second name of `Binary files a/x and b/x differ`.
    private func binaryName(_ line: ArraySlice<UInt8>) -> [UInt8] {
        let words = String(decoding: line, as: UTF8.self)
        guard let names = words.split(separator: " and ", maxSplits: 1).last else { return [] }
        return Array((names.hasSuffix(" differ") ? names.dropLast(" differ".count) : names).utf8)
    }

    /// Whether a name begins with one of git's prefixes: `a/` and `b/`, or by `diff.mnemonicPrefix` `i/`, `w/`, `c/`, `o/`.
    private static func hasPrefix(_ name: [UInt8]) -> Bool {
        name.count > 2 && name[1] == UInt8(ascii: "/") && "abiwco12".utf8.contains(name[0])
    }

    private static func endOfQuoted(_ text: ArraySlice<UInt8>) -> Int? {
        var index = text.startIndex + 1
        while index < text.endIndex, text[index] != UInt8(ascii: "\"") {
            index += text[index] == UInt8(ascii: "\\") ? 2 : 1
        }
        return index < text.endIndex ? index : nil
    }

    /// A name as it is on disk: git quotes names with unusual bytes as C does, such as `"b/\303\251\n"`.
    static func unquoted(_ text: ArraySlice<UInt8>) -> [UInt8] {
        guard text.first == UInt8(ascii: "\""), let end = Self.endOfQuoted(text) else { return Array(text) }
        var name: [UInt8] = []
        var rest = text[(text.startIndex + 1)..<end]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\\"), let letter = rest.popFirst() else {
                name.append(byte)
                continue
            }
            switch letter {
            case UInt8(ascii: "a"): name.append(7)
            case UInt8(ascii: "b"): name.append(8)
            case UInt8(ascii: "t"): name.append(9)
            case UInt8(ascii: "n"): name.append(10)
            case UInt8(ascii: "v"): name.append(11)
            case UInt8(ascii: "f"): name.append(12)
            case UInt8(ascii: "r"): name.append(13)
            case UInt8(ascii: "0")...UInt8(ascii: "3"):
                var value = letter - 48
                for _ in 0..<2 {
                    guard let digit = rest.first, (48...55).contains(digit) else { break }
                    value = value << 3 | (digit - 48)
                    rest = rest.dropFirst()
                }
                name.append(value)
            default: name.append(letter)
            }
        }
        return name
    }
}
