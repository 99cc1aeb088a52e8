import Cryptography

/// The newest record of a writer, beside the spool: `WRITER.head`.
///
/// Two slots of 256 bytes are written in turn, so that a write that is cut short leaves the other one. A slot is a line,
/// `WRITER SEQUENCE HASH CODE`, filled up with blanks. It is written after every commit and every batch of the spool, before
/// anybody has an answer; it survives the end of the process at once, and a power cut as soon as the system wrote it.
struct HeadFile {
    static let slotBytes = 256

    private let file: LocalFile
    private var slot = 0

    init(_ file: LocalFile) {
        self.file = file
    }

    mutating func store(_ head: JournalHead, by keyring: SecretKeyring) throws {
        let line = Self.slot(of: head, code: try head.code(by: keyring))
        try self.file.write(line, at: self.slot * Self.slotBytes)
        self.slot = 1 - self.slot
    }

    private static func slot(of head: JournalHead, code: [UInt8]) -> [UInt8] {
        var line = Array("\(head.writer) \(head.sequence) \(head.hash.hex) \(Hex.encode(code))".utf8)
        line.append(contentsOf: repeatElement(UInt8(ascii: " "), count: max(Self.slotBytes - 1 - line.count, 0)))
        line.append(UInt8(ascii: "\n"))
        return line
    }

    /// What a head file says.
    struct Contents {
        /// The newest head that the server attested.
        var head: JournalHead?
        /// Whether there is a slot that it did not write, or not whole.
        var isDamaged = false
    }

    static func read(_ file: LocalFile, by keyring: SecretKeyring) throws(SystemFailure) -> Contents {
        let bytes = try file.read(at: 0, count: 2 * Self.slotBytes + 1)
        var contents = Contents(isDamaged: bytes.count > 2 * Self.slotBytes)
        for start in stride(from: 0, to: min(bytes.count, 2 * Self.slotBytes), by: Self.slotBytes) {
            guard let head = Self.head(in: bytes[start...].prefix(Self.slotBytes), keyring) else {
                contents.isDamaged = true
                continue
            }
            if head.sequence > contents.head?.sequence ?? -1 { contents.head = head }
        }
        return contents
    }

    private static func head(in slot: ArraySlice<UInt8>, _ keyring: SecretKeyring) -> JournalHead? {
        let words = slot.dropLast().split(separator: UInt8(ascii: " ")).map { String(decoding: $0, as: UTF8.self) }
        guard words.count == 4, let sequence = Int64(words[1]), let hash = SHA256Digest(hex: words[2]),
            let code = Hex.decode(words[3])
        else { return nil }
        let head = JournalHead(writer: words[0], sequence: sequence, hash: hash)
        // One head has one line; digits in another case, say, are a change.
        return slot.elementsEqual(self.slot(of: head, code: code)) && head.isAttested(by: code, keyring) ? head : nil
    }
}
