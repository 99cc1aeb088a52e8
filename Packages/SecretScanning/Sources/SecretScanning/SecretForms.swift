/// The forms in which the value of a secret is looked for once it was found in one.
struct SecretForms {
    /// What is looked for.
    let value: [UInt8]
    /// Itself, and its hexadecimal digits in either case.
    let patterns: [FlatPattern]

    private static let shortest = 4

    private init(_ value: [UInt8]) {
        self.value = value
        // A short value is looked for only where it stands alone.
        let edge: Atoms = value.count >= 8 ? [] : .alnum
        let hexadecimal = [Self.hexadecimal(value, letters: "abcdef"), Self.hexadecimal(value, letters: "ABCDEF")]
        self.patterns =
            [FlatPattern(literal: value, before: edge, after: edge)]
            + hexadecimal.map { FlatPattern(literal: $0, before: edge, after: edge) }
    }

    /// A value as it was found, and what it stands for if its escapes or percent codes are resolved: in text that is no JSON nobody
    /// can tell which of them is meant. The other way round, the scan for a value resolves what the payload holds.
    static func all(of value: [UInt8], atoms: UnsafePointer<UInt16>) -> [SecretForms] {
        var values = [value]
        for unescaping in [Unescaping.json, .percent] {
            for value in values {
                let decoded = value.withUnsafeBufferPointer { buffer in
                    var output: [UInt8] = []
                    if let base = buffer.baseAddress {
                        let text = ByteText(base: base, count: buffer.count, atoms: atoms)
                        unescaping.decode(text, 0..<buffer.count, into: &output)
                    }
                    return output
                }
                if decoded != value { values.append(decoded) }
            }
        }
        return values.filter { $0.count >= Self.shortest }.map(SecretForms.init)
    }

    private static func hexadecimal(_ value: [UInt8], letters: StaticString) -> [UInt8] {
        func digit(_ nibble: UInt8) -> UInt8 {
            nibble < 10 ? UInt8(ascii: "0") &+ nibble : letters.utf8Start[Int(nibble &- 10)]
        }
        return value.flatMap { [digit($0 >> 4), digit($0 & 15)] }
    }
}
