/// Text as files hold it: UTF-8, or UTF-16 with a byte order mark.
enum PlainText {
    /// Why bytes are no text.
    struct Fault: Error, Equatable {
        /// Completes a sentence, without its full stop.
        let reason: String
    }

    /// How much of a file that is too large for a text is looked at to tell whether it is one.
    private static let sampleBytes = 65_536

    /// Reads a whole file.
    ///
    /// - Parameter limit: Most bytes of the text in UTF-8.
    /// - Throws: ``DocumentTextError``: `tooLarge` for a text over the limit, `unavailable` for a file that cannot be read.
    static func decode(_ file: DocumentFile, limit: Int) throws(DocumentTextError) -> Result<String, Fault> {
        let (doubled, isOver) = limit.multipliedReportingOverflow(by: 2)
        guard file.size <= (isOver ? .max : doubled) else {
            let sample = try file.prefix(Self.sampleBytes)
            if !Self.isWide(sample), sample.contains(where: Self.isForbidden) { return .failure(Self.controls) }
            throw Self.tooLarge(limit)
        }
        let text = Self.decode(try file.prefix(file.size))
        if case .success(let text) = text, text.utf8.count > limit { throw Self.tooLarge(limit) }
        return text
    }

    static func decode(_ bytes: [UInt8]) -> Result<String, Fault> {
        let text: String?
        if Self.isWide(bytes) {
            guard bytes.count.isMultiple(of: 2) else { return .failure(Fault(reason: "it should be valid UTF-16")) }
            let isBigEndian = bytes.first == 0xFE
            let units = stride(from: 2, to: bytes.count, by: 2).map { index in
                let (high, low) = isBigEndian ? (bytes[index], bytes[index + 1]) : (bytes[index + 1], bytes[index])
                return UInt16(high) << 8 | UInt16(low)
            }
            text = String(validating: units, as: UTF16.self)
            guard text != nil else { return .failure(Fault(reason: "it should be valid UTF-16")) }
        } else {
            let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
            text = String(validating: bytes.starts(with: mark) ? bytes[3...] : bytes[...], as: UTF8.self)
        }
        guard var text else {
            return .failure(Fault(reason: "it should be UTF-8, or UTF-16 with a byte order mark"))
        }
        guard !text.withUTF8({ $0.contains(where: Self.isForbidden) }) else { return .failure(Self.controls) }
        return .success(text)
    }

    private static let controls = Fault(reason: "it should have no control characters")

    private static func tooLarge(_ limit: Int) -> DocumentTextError {
        DocumentTextError(.tooLarge, message: "The text of the document should have at most \(limit) bytes")
    }

    private static func isWide(_ bytes: [UInt8]) -> Bool {
        bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF])
    }

    /// Control characters but tab, line feed, vertical tab, form feed and carriage return.
    private static func isForbidden(_ byte: UInt8) -> Bool {
        byte < 0x20 && !(0x09...0x0D).contains(byte) || byte == 0x7F
    }
}
