/// How values are shown to people: on one line, of bounded length, without passwords.
enum Redaction {
    /// What stands for a secret.
    static let mask = "***"

    private static let longestShown = 200

    /// A value as a log, an error or a listing may show it.
    static func shown(_ value: String, isSecret: Bool) -> String {
        if isSecret { return value.isEmpty ? "" : self.mask }
        let visible = self.withoutPasswords(value).unicodeScalars.map { scalar in
            scalar.properties.generalCategory == .control || scalar.properties.isBidiControl
                || scalar == "\u{2028}" || scalar == "\u{2029}"
                ? "\\u{\(String(scalar.value, radix: 16))}" : String(scalar)
        }
        if visible.count <= self.longestShown { return visible.joined() }
        return visible.prefix(self.longestShown).joined() + "…"
    }

    /// Masks the password in `redis://user:password@host`, and the value of every `password=…` or the like.
    ///
    /// An unescaped password may hold `/`, `?`, `#` or `@`, so all up to the last `@` is masked; and since a mistyped URL is shown
    /// too, text without a scheme is treated alike. That may mask too much of a harmless value, never too little.
    private static func withoutPasswords(_ value: String) -> String {
        var bytes = Array(value.utf8)
        let start = self.endOfScheme(bytes) ?? 0
        if let at = bytes.lastIndex(of: UInt8(ascii: "@")), at >= start,
            let colon = bytes[start..<at].firstIndex(of: UInt8(ascii: ":"))
        {
            bytes.replaceSubrange((colon + 1)..<at, with: self.mask.utf8)
        }
        return self.withoutSecretItems(bytes)
    }

    private static func endOfScheme(_ bytes: [UInt8]) -> Int? {
        bytes.indices.first { bytes[$0...].starts(with: "://".utf8) }.map { $0 + 3 }
    }

    private static func withoutSecretItems(_ bytes: [UInt8]) -> String {
        let isSeparator: (UInt8) -> Bool = { "?&; \t\n\r".utf8.contains($0) }
        var shown: [UInt8] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            let item = rest.prefix { !isSeparator($0) }
            rest = rest.dropFirst(item.count)
            if let equals = item.firstIndex(of: UInt8(ascii: "=")), self.namesSecret(item[..<equals]) {
                shown += item[...equals] + self.mask.utf8
            } else {
                shown += item
            }
            if let separator = rest.popFirst() { shown.append(separator) }
        }
        return String(decoding: shown, as: UTF8.self)
    }

    private static func namesSecret(_ name: ArraySlice<UInt8>) -> Bool {
        let name = String(decoding: name, as: UTF8.self).lowercased()
        return ["pass", "pwd", "secret", "token", "key"].contains { name.contains($0) }
    }
}
