#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

extension UUID {
    /// The lower-case form with hyphens, in which SQLite keeps a UUID: `6f1d2c3e-0b5a-4c7e-9a51-3f2b8d0c4e6f`.
    public var sqlText: String {
        String(unsafeUninitializedCapacity: 36) { text in
            var place = 0
            withUnsafeBytes(of: self.uuid) { bytes in
                for (index, byte) in bytes.enumerated() {
                    if index == 4 || index == 6 || index == 8 || index == 10 {
                        text[place] = UInt8(ascii: "-")
                        place += 1
                    }
                    text[place] = Self.digit(byte >> 4)
                    text[place + 1] = Self.digit(byte & 15)
                    place += 2
                }
            }
            return place
        }
    }

    /// Reads 32 hexadecimal digits in either case, with all four hyphens in their places or with none.
    ///
    /// The form without hyphens is what SQLAlchemy keeps in SQLite files.
    public init?(sqlText text: some StringProtocol) {
        let count = text.utf8.count
        guard count == 36 || count == 32 else { return nil }
        var bytes: uuid_t = (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
        let isValid = withUnsafeMutableBytes(of: &bytes) { bytes in
            var digits = 0
            for (index, character) in text.utf8.enumerated() {
                if count == 36, index == 8 || index == 13 || index == 18 || index == 23 {
                    guard character == UInt8(ascii: "-") else { return false }
                    continue
                }
                guard let value = Self.value(ofDigit: character), digits < 32 else { return false }
                bytes[digits / 2] = bytes[digits / 2] << 4 | value
                digits += 1
            }
            return digits == 32
        }
        guard isValid else { return nil }
        self.init(uuid: bytes)
    }

    private static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }

    private static func value(ofDigit character: UInt8) -> UInt8? {
        switch character {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): character - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): character - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
