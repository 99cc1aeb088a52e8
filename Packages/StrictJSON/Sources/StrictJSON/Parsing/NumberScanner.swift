/// Reads a number by the grammar of RFC 8259 section 6.
struct NumberScanner {
    let maximumDigits: Int

    /// Reads the number that begins at `start`, and stops before the first byte that cannot belong to it.
    ///
    /// - Throws: `leadingZero`, `missingDigit`, `unexpectedEnd`, `numberTooLong`, or `numberOutOfRange` for a float that is not finite.
    func scan(_ bytes: Span<UInt8>, from start: Int) throws(JSONError) -> (number: JSONNumber, end: Int) {
        var index = start
        if index < bytes.count, bytes[index] == UInt8(ascii: "-") { index += 1 }
        let wholeStart = index
        index = try self.endOfDigits(bytes, from: index)
        let wholeDigits = index - wholeStart
        if wholeDigits > 1, bytes[wholeStart] == UInt8(ascii: "0") { throw JSONError(.leadingZero, at: wholeStart) }
        var digits = wholeDigits
        var exponent = 0
        var isFloat = false
        if index < bytes.count, bytes[index] == UInt8(ascii: ".") {
            isFloat = true
            let fractionStart = index + 1
            index = try self.endOfDigits(bytes, from: fractionStart)
            digits += index - fractionStart
        }
        if index < bytes.count, bytes[index] | 0x20 == UInt8(ascii: "e") {
            isFloat = true
            index += 1
            let isNegative = index < bytes.count && bytes[index] == UInt8(ascii: "-")
            if isNegative || index < bytes.count && bytes[index] == UInt8(ascii: "+") { index += 1 }
            let exponentStart = index
            index = try self.endOfDigits(bytes, from: exponentStart)
            digits += index - exponentStart
            for position in exponentStart..<index where exponent < 1_000_000 {
                exponent = exponent * 10 + Int(bytes[position] & 0x0F)
            }
            if isNegative { exponent = -exponent }
        }
        guard digits <= self.maximumDigits else { throw JSONError(.numberTooLong, at: start) }
        let number = JSONNumber(unchecked: bytes.text(in: start..<index))
        // Below 10^308 a float is finite without looking at its digits.
        if isFloat, wholeDigits + exponent > 308, number.doubleValue == nil { throw JSONError(.numberOutOfRange, at: start) }
        return (number, index)
    }

    private func endOfDigits(_ bytes: Span<UInt8>, from start: Int) throws(JSONError) -> Int {
        var index = start
        while index < bytes.count, bytes[index] &- UInt8(ascii: "0") < 10 { index += 1 }
        guard index > start else { throw JSONError(index == bytes.count ? .unexpectedEnd : .missingDigit, at: index) }
        return index
    }
}
