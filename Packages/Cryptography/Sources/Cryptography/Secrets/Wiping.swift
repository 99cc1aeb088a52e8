import COpenSSL

extension [UInt8] {
    /// Overwrites the elements, which the optimiser may not leave out.
    mutating func wipe() {
        self.withUnsafeMutableBytes { OPENSSL_cleanse($0.baseAddress, $0.count) }
    }
}

extension Substring {
    /// The text without blanks, tabs and line ends around it.
    func trimmingASCIIWhitespace() -> String {
        let bytes = self.utf8.drop { $0.isASCIIWhitespace }
        let last = bytes.lastIndex { !$0.isASCIIWhitespace }
        return String(Substring(bytes[..<(last.map { bytes.index(after: $0) } ?? bytes.startIndex)]))
    }
}

extension UInt8 {
    fileprivate var isASCIIWhitespace: Bool { self == 0x20 || (0x09...0x0D).contains(self) }
}
