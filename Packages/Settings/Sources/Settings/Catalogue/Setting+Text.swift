extension Setting<String> {
    /// Any text, blanks at its ends included.
    public static func string(_ name: String, default defaultValue: String? = nil, summary: String) -> Setting {
        Setting(
            name, kind: "text", phrase: "a text", allowed: "any text", default: defaultValue, defaultText: defaultValue,
            summary: summary
        ) { $0.utf8.contains(0) ? nil : $0 }
    }

    /// The path of a file or folder; whether it exists is not looked at.
    public static func path(_ name: String, default defaultValue: String? = nil, summary: String) -> Setting {
        Setting(
            name, kind: "path", phrase: "a path", allowed: "a path without control characters", default: defaultValue,
            defaultText: defaultValue, summary: summary
        ) { text in
            text.isEmpty || text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) ? nil : text
        }
    }

    /// A URL with one of some schemes; what follows the scheme is left to whoever opens it.
    ///
    /// - Parameters:
    ///   - name: The environment variable.
    ///   - schemes: Lower-case schemes without the colon: `["postgresql", "sqlite"]`; upper case is allowed in the value.
    ///   - defaultValue: The value where nothing is given; `nil` makes the setting required.
    ///   - summary: One sentence without a full stop at its end.
    public static func url(
        _ name: String, schemes: [String], default defaultValue: String? = nil, summary: String
    ) -> Setting {
        Setting(
            name, kind: "URL", phrase: "a URL of a known scheme",
            allowed: "a URL that begins with " + schemes.map { $0 + ":" }.joined(separator: ", "),
            default: defaultValue, defaultText: defaultValue, summary: summary
        ) { text in
            guard let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")), schemes.contains(text[..<colon].lowercased()),
                text.utf8.index(after: colon) != text.utf8.endIndex,
                text.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F })
            else { return nil }
            return text
        }
    }

    /// One of some words; upper and lower case are the same, and the value is spelled as in `choices`.
    public static func choice(
        _ name: String, of choices: [String], default defaultValue: String? = nil, summary: String
    ) -> Setting {
        Setting(
            name, kind: "choice", phrase: "one of the choices", allowed: choices.joined(separator: ", "),
            default: defaultValue, defaultText: defaultValue, summary: summary
        ) { text in
            let wanted = text.trimmingBlanks().lowercased()
            return choices.first { $0.lowercased() == wanted }
        }
    }
}

extension Setting where Value: CaseIterable & RawRepresentable<String> {
    /// One of the cases of an enumeration, written as its raw value; upper and lower case are the same.
    public static func choice(_ name: String, default defaultValue: Value? = nil, summary: String) -> Setting {
        Setting(
            name, kind: "choice", phrase: "one of the choices",
            allowed: Value.allCases.map(\.rawValue).joined(separator: ", "), default: defaultValue,
            defaultText: defaultValue?.rawValue, summary: summary
        ) { text in
            let wanted = text.trimmingBlanks().lowercased()
            return Value.allCases.first { $0.rawValue.lowercased() == wanted }
        }
    }
}

extension Setting<[String]> {
    /// Elements parted by commas; blanks around them and empty elements are dropped, and an empty variable is an empty list.
    ///
    /// - Parameters:
    ///   - name: The environment variable.
    ///   - allowed: What the elements may be, for people.
    ///   - defaultValue: The value where nothing is given; `nil` makes the setting required.
    ///   - summary: One sentence without a full stop at its end.
    ///   - isAllowed: Whether an element is allowed; the default admits all.
    public static func list(
        _ name: String,
        allowed: String = "values parted by commas",
        default defaultValue: [String]? = nil,
        summary: String,
        isAllowed: @escaping @Sendable (String) -> Bool = { _ in true }
    ) -> Setting {
        Setting(
            name, kind: "list", phrase: "a valid list", allowed: allowed, default: defaultValue,
            defaultText: defaultValue?.joined(separator: ","), summary: summary, acceptsEmpty: true
        ) { text in
            let elements = text.split(separator: ",").map { $0.trimmingBlanks() }.filter { !$0.isEmpty }
            return elements.allSatisfy(isAllowed) ? elements : nil
        }
    }
}

extension StringProtocol {
    /// This text without blanks, tabs and line ends around it.
    func trimmingBlanks() -> String {
        let isBlank: (UInt8) -> Bool = { $0 == 0x20 || (0x09...0x0D).contains($0) }
        var bytes = Array(self.utf8)[...]
        while let first = bytes.first, isBlank(first) { bytes.removeFirst() }
        while let last = bytes.last, isBlank(last) { bytes.removeLast() }
        return String(decoding: bytes, as: UTF8.self)
    }
}
