/// One line of a `.env` file.
enum EnvironmentLine: Equatable {
    /// Blank, or a comment.
    case nothing
    /// An assignment.
    case variable(name: String, value: String)
    /// What cannot be understood, with the reason.
    case malformed(String)

    init(_ line: ArraySlice<UInt8>) {
        var rest = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
        guard !rest.contains(0), !rest.contains(UInt8(ascii: "\r")) else {
            self = .malformed("holds a control character")
            return
        }
        rest = rest.drop(while: \.isBlank)
        guard let first = rest.first, first != UInt8(ascii: "#") else {
            self = .nothing
            return
        }
        if rest.starts(with: "export".utf8), let next = rest.dropFirst(6).first, next.isBlank {
            rest = rest.dropFirst(6).drop(while: \.isBlank)
        }
        let name = rest.prefix(while: \.isNameByte)
        rest = rest.dropFirst(name.count).drop(while: \.isBlank)
        guard let start = name.first, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(start) else {
            self = .malformed("does not begin with a name")
            return
        }
        guard rest.first == UInt8(ascii: "=") else {
            self = .malformed("has no = after the name")
            return
        }
        self = Self.assignment(name, rest.dropFirst().drop(while: \.isBlank))
    }

    private static func assignment(_ name: ArraySlice<UInt8>, _ text: ArraySlice<UInt8>) -> EnvironmentLine {
        guard let quote = text.first, quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else {
            return .variable(name: String(decoding: name, as: UTF8.self), value: Self.unquoted(text))
        }
        var value: [UInt8] = []
        var rest = text.dropFirst()
        while let byte = rest.popFirst() {
            if byte == quote {
                let end = rest.drop(while: \.isBlank)
                guard end.isEmpty || end.first == UInt8(ascii: "#") else {
                    return .malformed("has something after the closing quote")
                }
                return .variable(
                    name: String(decoding: name, as: UTF8.self), value: String(decoding: value, as: UTF8.self))
            }
            guard byte == UInt8(ascii: "\\"), quote == UInt8(ascii: "\"") else {
                value.append(byte)
                continue
            }
            switch rest.popFirst() {
            case UInt8(ascii: "n"): value.append(UInt8(ascii: "\n"))
            case UInt8(ascii: "r"): value.append(UInt8(ascii: "\r"))
            case UInt8(ascii: "t"): value.append(UInt8(ascii: "\t"))
            case UInt8(ascii: "\\"): value.append(UInt8(ascii: "\\"))
            case UInt8(ascii: "\""): value.append(UInt8(ascii: "\""))
            case UInt8(ascii: "$"): value.append(UInt8(ascii: "$"))
            default: return .malformed("has an unknown escape in double quotes")
            }
        }
        return .malformed("has no closing quote")
    }

    /// A value without quotes ends at a `#` that follows a blank, and blanks at its end do not belong to it.
    private static func unquoted(_ text: ArraySlice<UInt8>) -> String {
        var end = text.startIndex
        var previous = UInt8(ascii: " ")
        for (index, byte) in zip(text.indices, text) {
            if byte == UInt8(ascii: "#"), previous.isBlank { break }
            if !byte.isBlank { end = index + 1 }
            previous = byte
        }
        return String(decoding: text[text.startIndex..<end], as: UTF8.self)
    }
}

extension UInt8 {
    var isBlank: Bool { self == UInt8(ascii: " ") || self == UInt8(ascii: "\t") }

    /// Whether this byte may stand in the name of a variable.
    var isNameByte: Bool {
        let lowercased = self | 0x20
        return (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) || self == UInt8(ascii: "_")
            || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(lowercased)
    }
}
