/// The name of a document as it is shown.
public struct DocumentName: Sendable, Hashable {
    /// Most bytes of a name.
    public static let mostBytes = 255

    /// The name: never empty, without a path, without characters that show nothing or break lines.
    public let text: String

    /// Makes a name of what a client sent.
    ///
    /// Parts of a path are dropped, whatever slash they use, as are control and format characters; blanks are put together. What is then
    /// empty, `.` or `..` becomes `document`. What is too long is cut between characters.
    public init(_ sent: String) {
        let last = sent.unicodeScalars.split(omittingEmptySubsequences: true) { $0 == "/" || $0 == "\\" }.last
        var kept = String.UnicodeScalarView()
        var isBlankDue = false
        for scalar in last ?? "".unicodeScalars[...] {
            switch scalar.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator, .spaceSeparator: isBlankDue = !kept.isEmpty
            case .format, .surrogate, .unassigned, .privateUse: continue
            default:
                if isBlankDue { kept.append(" ") }
                isBlankDue = false
                kept.append(scalar)
            }
        }
        var name = ""
        var bytes = 0
        for character in String(kept) {
            bytes += character.utf8.count
            if bytes > Self.mostBytes { break }
            name.append(character)
        }
        self.text = ["", ".", ".."].contains(name) ? "document" : name
    }
}
