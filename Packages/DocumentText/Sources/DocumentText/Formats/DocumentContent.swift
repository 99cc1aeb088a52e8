/// What the content of a document is, whatever it is called.
enum DocumentContent {
    case pdf
    /// The archive of a Word document.
    case docx(ZipArchive)
    case text(String)

    /// How far `%PDF-` may stand from the beginning, as readers of PDF have it.
    private static let signatureReach = 1_024

    /// Finds out, and compares it with what the document claims to be.
    static func find(
        in file: DocumentFile, claim: DocumentFormat?, limits: ExtractionLimits
    ) throws(DocumentTextError) -> DocumentContent {
        let head = try file.prefix(Self.signatureReach)
        if head.starts(with: [0x50, 0x4B, 0x03, 0x04]) || head.starts(with: [0x50, 0x4B, 0x05, 0x06]) {
            return .docx(try self.word(in: file, claim: claim, limits: limits))
        }
        if head.starts(with: [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]) { throw try self.oldOffice(file, claim: claim) }
        let signature = head.firstPlace(of: Array("%PDF-".utf8))
        if signature == 0 || signature != nil && claim == .pdf {
            try self.require(claim, isAmong: [.pdf], found: DocumentFormat.pdf.title)
            return .pdf
        }
        let text = try PlainText.decode(file, limit: limits.textBytes)
        // A text may speak of the signature of PDF, as this one does.
        if signature != nil, case .failure = text {
            try self.require(claim, isAmong: [.pdf], found: DocumentFormat.pdf.title)
            return .pdf
        }
        switch text {
        case .success(let text):
            try self.require(claim, isAmong: [.plainText, .markdown], found: "text")
            return .text(text)
        case .failure(let fault):
            guard let claim else {
                throw DocumentTextError(
                    .unsupported, message: "The document is neither PDF nor Word (.docx) nor text: \(fault.reason)")
            }
            throw DocumentTextError(
                .mismatched,
                message: claim.isText
                    ? "The document is named or declared as \(claim.title), but is none: \(fault.reason)"
                    : "The document is named or declared as \(claim.title), but its content is something else")
        }
    }

    private static func word(
        in file: DocumentFile, claim: DocumentFormat?, limits: ExtractionLimits
    ) throws(DocumentTextError) -> ZipArchive {
        try self.require(claim, isAmong: [.docx], found: "a ZIP archive")
        let archive = try ZipArchive(file, limits: limits)
        guard archive.contains("[Content_Types].xml"), archive.contains("word/document.xml") else {
            throw DocumentTextError(
                claim == nil ? .unsupported : .mismatched, message: "The document is a ZIP archive without a Word document in it")
        }
        return archive
    }

    /// Office wraps a document with a password into the container of its older formats ([MS-OFFCRYPTO] §2.3.4).
    private static func oldOffice(_ file: DocumentFile, claim: DocumentFormat?) throws(DocumentTextError) -> DocumentTextError {
        if claim == nil || claim == .docx {
            let mark = Array("EncryptedPackage".utf16).flatMap {
                [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)]
            }
            if try file.prefix(file.size).firstPlace(of: mark) != nil {
                return DocumentTextError(.encrypted, message: "The Word document is protected by a password")
            }
        }
        guard let claim else {
            return DocumentTextError(.unsupported, message: "Documents of older Office formats are not read")
        }
        return DocumentTextError(
            .mismatched,
            message: "The document is named or declared as \(claim.title), but its content is that of an older Office format")
    }

    private static func require(
        _ claim: DocumentFormat?, isAmong formats: [DocumentFormat], found: String
    ) throws(DocumentTextError) {
        guard let claim, !formats.contains(claim) else { return }
        throw DocumentTextError(
            .mismatched, message: "The document is named or declared as \(claim.title), but its content is \(found)")
    }
}
