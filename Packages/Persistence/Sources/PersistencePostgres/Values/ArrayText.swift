import Persistence

/// An array as text (PostgreSQL manual, "Array Input and Output Syntax"): `{"a","b \"c\"",NULL}`.
enum ArrayText {
    /// Writes elements between braces, each but NULL and inner arrays in quotes, so that nothing in it has a meaning.
    static func append(_ elements: [SQLValue], to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "{"))
        for (index, element) in elements.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            switch element {
            case .null: bytes.append(contentsOf: "NULL".utf8)
            case .array(let inner): self.append(inner, to: &bytes)
            default: self.appendQuoted(ParameterBuffer.text(of: element), to: &bytes)
            }
        }
        bytes.append(UInt8(ascii: "}"))
    }

    private static func appendQuoted(_ text: String, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { bytes.append(UInt8(ascii: "\\")) }
            bytes.append(byte)
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
