import Patterns

/// A pattern of a policy with the name under which it is told.
struct TextPattern: Sendable {
    let pattern: Pattern
    let label: String
    private let literals: [RequiredLiteral]?

    init(_ pattern: Pattern, label: String) {
        self.pattern = pattern
        self.label = label
        self.literals = pattern.requiredLiterals
    }

    /// Whether a text contains a match; the engine is asked only when a literal is there without which there is none.
    func isFound(in text: String) throws(PatternError) -> Bool {
        if let literals = self.literals {
            let mayMatch = text.withUTF8Bytes { bytes in literals.contains { $0.isContained(in: bytes) } }
            guard mayMatch else { return false }
        }
        return try self.pattern.isFound(in: text)
    }

    func isFound(in forms: TextForms) throws(PatternError) -> Bool {
        try forms.contains { (form) throws(PatternError) in try self.isFound(in: form) }
    }
}

extension RequiredLiteral {
    /// Whether the literal stands somewhere in the bytes.
    func isContained(in text: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let first = self.bytes.first else { return true }
        let count = self.bytes.count
        guard text.count >= count else { return false }
        for start in 0...(text.count - count) {
            let byte = self.ignoresCase ? text[start].asciiLowercased : text[start]
            guard byte == first else { continue }
            var index = 1
            while index < count {
                let byte = self.ignoresCase ? text[start + index].asciiLowercased : text[start + index]
                guard byte == self.bytes[index] else { break }
                index += 1
            }
            if index == count { return true }
        }
        return false
    }
}

extension UInt8 {
    var asciiLowercased: UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(self) ? self | 0x20 : self
    }
}

extension String {
    /// Lends the UTF-8 bytes; native strings are not copied.
    func withUTF8Bytes<Value>(_ body: (UnsafeBufferPointer<UInt8>) -> Value) -> Value {
        if let value = self.utf8.withContiguousStorageIfAvailable(body) { return value }
        var copy = self
        return copy.withUTF8(body)
    }

    /// Whether both strings have the same UTF-8 bytes, unlike `==`, for which composed and decomposed letters are equal.
    func hasSameBytes(as other: String) -> Bool {
        self.utf8.count == other.utf8.count && self.utf8.elementsEqual(other.utf8)
    }
}
