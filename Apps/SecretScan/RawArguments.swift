/// Command-line arguments in the bytes that the shell gave, as names of files need not be UTF-8.
///
/// Text has no place for other bytes. They are parsed as scalars of a private area, and turned back afterwards.
enum RawArguments {
    private static let base: UInt32 = 0x10FF00

    /// The arguments as text, without the name of the program.
    static let texts: [String] = Self.arguments.map { Self.text($0) }

    /// Whether any argument has such bytes; otherwise text of that area means itself.
    private static let areUnusual = Self.arguments.contains { String(validating: $0, as: UTF8.self) == nil }

    private static let arguments: [[UInt8]] = {
        (1..<max(Int(CommandLine.argc), 1)).compactMap { index in
            CommandLine.unsafeArgv[index].map { String.bytes(of: $0) }
        }
    }()

    /// The bytes of an argument, or of a value that followed `=` in one.
    static func bytes(_ text: String) -> [UInt8] {
        guard self.areUnusual else { return Array(text.utf8) }
        return text.unicodeScalars.reduce(into: []) { bytes, scalar in
            if scalar.value >= self.base + 0x80, scalar.value <= self.base + 0xFF {
                bytes.append(UInt8(truncatingIfNeeded: scalar.value - self.base))
            } else {
                bytes += Array(String(Character(scalar)).utf8)
            }
        }
    }

    private static func text(_ bytes: [UInt8]) -> String {
        if let text = String(validating: bytes, as: UTF8.self) { return text }
        var text = String.UnicodeScalarView()
        var rest = bytes[...]
        while let first = rest.first {
            var decoder = UTF8()
            var iterator = rest.prefix(4).makeIterator()
            if case .scalarValue(let scalar) = decoder.decode(&iterator) {
                text.append(scalar)
                rest = rest.dropFirst(UTF8.width(scalar))
            } else {
                text.append(Unicode.Scalar(self.base + UInt32(first)) ?? "\u{FFFD}")
                rest = rest.dropFirst()
            }
        }
        return String(text)
    }
}

extension String {
    /// The bytes of a C string, without its end.
    fileprivate static func bytes(of text: UnsafePointer<CChar>) -> [UInt8] {
        var bytes: [UInt8] = []
        var next = text
        while next.pointee != 0 {
            bytes.append(UInt8(bitPattern: next.pointee))
            next += 1
        }
        return bytes
    }
}
