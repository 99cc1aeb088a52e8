extension TextFolding {
    /// Tells what one character becomes when it is folded alone and its marks are dropped: nothing for a mark and for what shows
    /// nothing, itself for most, and several for a few.
    ///
    /// For whoever must know which part of a text a folded part was made of; what characters become together is up to
    /// ``folded(_:)``.
    ///
    /// - Parameters:
    ///   - scalar: Any character.
    ///   - body: Gets each character of the result, in order.
    public static func eachPlainCharacter(of scalar: Unicode.Scalar, _ body: (Unicode.Scalar) -> Void) {
        let code = scalar.value
        if code < 0x80 {
            if !self.isRemovedControl(UInt8(truncatingIfNeeded: code)) { body(scalar) }
            return
        }
        let data = FoldingData.shared
        let record = data.record(of: code)
        guard record.isMapped else {
            if !record.isMark { body(scalar) }
            return
        }
        for part in data.expansions[record.expansion] where part < 0x300 || !data.record(of: part).isMark {
            // All codes of the tables are characters.
            if let part = Unicode.Scalar(part) { body(part) }
        }
    }
}
