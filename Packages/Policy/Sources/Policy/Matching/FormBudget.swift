import TextFolding

/// Bounds what the forms of all texts of a call, or of an output, may come to, so that a text made to be large in other forms costs
/// no more than one that is large as sent.
struct FormBudget {
    private var left: Int

    /// - Parameter total: Bytes of all the texts together.
    init(forBytes total: Int) {
        let (product, isTooLarge) = total.multipliedReportingOverflow(by: 8)
        self.left = isTooLarge ? .max : product.addingReportingOverflow(Self.allowance).partialValue
        if self.left < 0 { self.left = .max }
    }

    /// So many bytes of forms are taken of the shortest texts.
    private static let allowance = 262_144

    /// Takes the bytes of a form that was made.
    mutating func take(_ bytes: Int) throws(EvaluationFailure) {
        guard bytes <= self.left else { throw Self.failure }
        self.left -= bytes
    }

    /// The folded form of a text; nil when it is the text itself.
    mutating func folded(_ text: String) throws(EvaluationFailure) -> String? {
        let count = text.utf8.count
        let form: String?
        do throws(TextFoldingError) {
            form = try TextFolding.folded(text, atMost: min(TextFolding.usualExpansion(of: count), max(self.left, count)))
        } catch {
            throw Self.failure
        }
        if let form { try self.take(form.utf8.count) }
        return form
    }

    static let failure = EvaluationFailure(
        message: "a text grows too far when look-alike characters and encodings are undone")
}

/// A text as a key, told from others byte by byte, unlike strings, for which composed and decomposed letters are equal.
struct TextKey: Hashable {
    let text: String

    init(_ text: String) {
        self.text = text
    }

    static func == (left: TextKey, right: TextKey) -> Bool { left.text.hasSameBytes(as: right.text) }

    func hash(into hasher: inout Hasher) {
        self.text.withUTF8Bytes { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}
