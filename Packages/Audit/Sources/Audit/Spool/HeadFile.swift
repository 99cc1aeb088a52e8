import Cryptography

/// The newest record of a writer, beside the spool: `WRITER.head`.
///
/// A slot is a line of 256 bytes, `WRITER SEQUENCE HASH CODE`, filled up with blanks, and there are two. One is written after
/// every commit and every batch of the spool, before anybody has an answer, and at least once a second brought to the disk;
/// then the other one takes its place. So the file is exact after the end of the process, however sudden. After a power cut it
/// may be some two seconds older than the database, but never without a whole slot once the first one was on the disk. Waiting
/// for the disk each time would double the cost of a commit for a witness that is only asked whether the end was cut off.
struct HeadFile {
    static let slotBytes = 256
    private static let longestDelay = Duration.seconds(1)

    private let file: LocalFile
    private var slot = 0
    private var isDirty = false
    private var synchronized = ContinuousClock.now

    init(_ file: LocalFile) {
        self.file = file
    }

    mutating func store(_ head: JournalHead, by keyring: SecretKeyring, _ wait: (Int32) -> Int32) throws {
        let line = Self.slot(of: head, code: try head.code(by: keyring))
        try self.file.write(line, at: self.slot * Self.slotBytes)
        self.isDirty = true
        if self.synchronized.duration(to: .now) >= Self.longestDelay { try self.synchronize(wait) }
    }

    /// Brings what was stored to the disk, and leaves it there while the other slot is written.
    mutating func synchronize(_ wait: (Int32) -> Int32) throws {
        guard self.isDirty else { return }
        guard wait(self.file.descriptor) == 0 else { throw SystemFailure("fsync") }
        self.isDirty = false
        self.slot = 1 - self.slot
        self.synchronized = .now
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
        /// Whether nothing was written yet, which tells as little as no file.
        var isEmpty = false
    }

    static func read(_ file: LocalFile, by keyring: SecretKeyring) throws(SystemFailure) -> Contents {
        let bytes = try file.read(at: 0, count: 2 * Self.slotBytes + 1)
        var contents = Contents(isDamaged: bytes.count > 2 * Self.slotBytes, isEmpty: bytes.isEmpty)
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
