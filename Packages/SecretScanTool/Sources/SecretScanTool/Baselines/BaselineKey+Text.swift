internal import Cryptography

extension BaselineKey {
    /// Reads a key as `openssl rand -base64 32` writes it.
    ///
    /// - Parameters:
    ///   - text: Base64 of 16 to 1 024 bytes; blanks and line ends around it do not count.
    ///   - source: Where it comes from, for the message.
    /// - Throws: ``ScanToolError`` with code `invalidKey`, which repeats nothing of the text.
    public init(parsing text: String, source: String) throws(ScanToolError) {
        let blanks: Set<Character> = [" ", "\t", "\n", "\r", "\r\n"]
        var text = text[...]
        while let last = text.last, blanks.contains(last) { text.removeLast() }
        while let first = text.first, blanks.contains(first) { text.removeFirst() }
        guard let bytes = Base64.decode(String(text)), (16...1_024).contains(bytes.count) else {
            throw ScanToolError(.invalidKey, message: "\(source): must be base64 of 16 to 1024 bytes")
        }
        do {
            try self.init(SecretBytes(bytes))
        } catch {
            throw ScanToolError(.invalidKey, message: "\(source): \(error)", cause: error)
        }
    }
}
