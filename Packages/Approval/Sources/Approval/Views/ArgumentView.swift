public import StrictJSON

/// A JSON value as an approver reads it: every value with its path, whole, and with nothing in it that cannot be seen.
///
/// ```
/// /path       string   17 bytes   /data/report.csv\n    control
/// /options/0  integer   2 bytes   10
/// ```
public struct ArgumentView: Sendable, Hashable {
    /// One value that has no others in it: a scalar, or an empty array or object.
    public struct Entry: Sendable, Hashable {
        /// Where it stands: a JSON pointer (RFC 6901) whose keys are written as ``VisibleText`` writes them; empty for a value
        /// that is all.
        public let path: String
        /// What it is.
        public let type: JSONValue.Kind
        /// Its length: the UTF-8 bytes of a string, of the text of a number, and of `true`, `null`, `{}` and the like.
        public let byteCount: Int
        /// The value, whole, as ``VisibleText`` writes it.
        public let shown: String
        /// What to know about the value and the keys that lead to it.
        public let notes: [TextNote]
    }

    /// All values, in the order of their keys.
    public let entries: [Entry]
    /// The length of the whole in the form in which it is sent and signed.
    public let byteCount: Int

    /// Shows a value.
    public init(_ value: JSONValue) {
        var entries: [Entry] = []
        Self.append(value, path: "", notes: [], to: &entries)
        self.entries = entries
        self.byteCount = value.sortedBytes().count
    }

    private static func append(_ value: JSONValue, path: String, notes: Set<TextNote>, to entries: inout [Entry]) {
        var shown = VisibleText.Shown(text: "", notes: [])
        switch value {
        case .object(let object) where !object.isEmpty:
            let members = object.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
            for (key, member) in members {
                let name = VisibleText.show(Self.pointerPart(key))
                self.append(member, path: "\(path)/\(name.text)", notes: notes.union(name.notes), to: &entries)
            }
            return
        case .array(let elements) where !elements.isEmpty:
            for (index, element) in elements.enumerated() {
                self.append(element, path: "\(path)/\(index)", notes: notes, to: &entries)
            }
            return
        case .string(let text): shown = VisibleText.show(text)
        default: shown = VisibleText.Shown(text: String(decoding: value.compactBytes(), as: UTF8.self), notes: [])
        }
        entries.append(
            Entry(
                path: path, type: value.kind, byteCount: Self.byteCount(of: value, shown: shown.text), shown: shown.text,
                notes: notes.union(shown.notes).sorted()))
    }

    /// Scalar by scalar, since a mark behind a slash makes another character of both.
    private static func pointerPart(_ key: String) -> String {
        var part = String.UnicodeScalarView()
        for scalar in key.unicodeScalars {
            switch scalar {
            case "~": part.append(contentsOf: "~0".unicodeScalars)
            case "/": part.append(contentsOf: "~1".unicodeScalars)
            default: part.append(scalar)
            }
        }
        return String(part)
    }

    private static func byteCount(of value: JSONValue, shown: String) -> Int {
        if case .string(let text) = value { text.utf8.count } else { shown.utf8.count }
    }
}

extension ArgumentView {
    /// What it takes to show a value, found without building the view.
    struct Cost {
        /// Values.
        private(set) var entries = 0
        /// Bytes of the values, each together with its path.
        private(set) var bytes = 0

        init(of value: JSONValue) {
            self.add(value, pathBytes: 0)
        }

        private mutating func add(_ value: JSONValue, pathBytes: Int) {
            switch value {
            case .object(let object) where !object.isEmpty:
                for (key, member) in object { self.add(member, pathBytes: pathBytes &+ key.utf8.count &+ 1) }
            case .array(let elements) where !elements.isEmpty:
                for element in elements { self.add(element, pathBytes: pathBytes &+ 8) }
            case .string(let text): self.count(pathBytes &+ text.utf8.count)
            case .number(let number): self.count(pathBytes &+ number.text.utf8.count)
            default: self.count(pathBytes &+ 5)
            }
        }

        private mutating func count(_ bytes: Int) {
            self.entries &+= 1
            let (sum, overflow) = self.bytes.addingReportingOverflow(bytes)
            self.bytes = overflow ? .max : sum
        }
    }
}
