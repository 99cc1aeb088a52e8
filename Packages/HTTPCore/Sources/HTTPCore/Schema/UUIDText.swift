/// The text forms of a UUID (RFC 9562 §4).
enum UUIDText {
    /// The lower-case hyphenated form of a UUID written with hyphens, without them, or as `urn:uuid:`.
    ///
    /// - Returns: 36 characters, or `nil` when the text is no UUID.
    static func canonical(_ text: String) -> String? {
        var bytes = Array(text.utf8.prefix(46))
        let urn = Array("urn:uuid:".utf8)
        if bytes.count == 45, bytes.prefix(urn.count).elementsEqual(urn) { bytes.removeFirst(urn.count) }
        let digits: [UInt8]
        switch bytes.count {
        case 32:
            digits = bytes
        case 36:
            guard [8, 13, 18, 23].allSatisfy({ bytes[$0] == UInt8(ascii: "-") }) else { return nil }
            digits = bytes.filter { $0 != UInt8(ascii: "-") }
        default:
            return nil
        }
        guard digits.count == 32 else { return nil }
        var canonical: [UInt8] = []
        canonical.reserveCapacity(36)
        for (index, digit) in digits.enumerated() {
            if [8, 12, 16, 20].contains(index) { canonical.append(UInt8(ascii: "-")) }
            switch digit {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"):
                canonical.append(digit)
            case UInt8(ascii: "A")...UInt8(ascii: "F"):
                canonical.append(digit | 0x20)
            default:
                return nil
            }
        }
        return String(decoding: canonical, as: UTF8.self)
    }
}
