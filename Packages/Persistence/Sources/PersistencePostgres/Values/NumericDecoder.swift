import Persistence

/// Reads the binary form of `numeric`: digits to the base of 10 000, the weight of the first, the sign, and how many
/// decimal digits follow the point.
enum NumericDecoder {
    /// An integer where the number is whole and fits, else its exact decimal text.
    static func value(_ reader: inout BinaryReader) -> SQLValue? {
        guard let count = reader.read(UInt16.self), let weight = reader.read(Int16.self), let sign = reader.read(UInt16.self),
            let scale = reader.read(Int16.self), scale >= 0
        else { return nil }
        switch sign {
        case 0xC000: return .text("NaN")
        case 0xD000: return .text("Infinity")
        case 0xF000: return .text("-Infinity")
        case 0, 0x4000: break
        default: return nil
        }
        var digits: [Int16] = []
        for _ in 0..<count {
            guard let digit = reader.read(Int16.self), (0..<10_000).contains(digit) else { return nil }
            digits.append(digit)
        }
        guard reader.isAtEnd else { return nil }
        let text = (sign == 0x4000 ? "-" : "") + self.text(of: digits, weight: Int(weight), scale: Int(scale))
        if scale == 0, let number = Int64(text) { return .integer(number) }
        return .text(text)
    }

    /// The group at place `p` counts 10 000 to the power of `p`; groups that were left out are zero.
    private static func text(of digits: [Int16], weight: Int, scale: Int) -> String {
        func group(_ place: Int) -> Int16 {
            let index = weight - place
            return digits.indices.contains(index) ? digits[index] : 0
        }
        var text = ""
        for place in stride(from: max(weight, 0), through: 0, by: -1) {
            text += text.isEmpty ? String(group(place)) : self.padded(group(place))
            if text == "0", place > 0 { text = "" }
        }
        if scale == 0 { return text }
        var fraction = ""
        var place = -1
        while fraction.utf8.count < scale {
            fraction += self.padded(group(place))
            place -= 1
        }
        return text + "." + fraction.prefix(scale)
    }

    private static func padded(_ group: Int16) -> String {
        let text = String(group)
        return String(repeating: "0", count: 4 - text.utf8.count) + text
    }
}
