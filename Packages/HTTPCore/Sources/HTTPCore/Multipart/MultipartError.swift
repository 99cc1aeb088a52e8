/// Why a body is no `multipart/form-data`.
struct MultipartError: Error, Equatable {
    /// The rule that the body breaks, in a sentence for the client's developer; never the text itself.
    let rule: String
    /// How many bytes of the body stand before the place, as far as it is known.
    var offset: Int?

    init(_ rule: String, offset: Int? = nil) {
        self.rule = rule
        self.offset = offset
    }
}
