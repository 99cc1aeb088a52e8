/// How much one reply may take.
struct ReplyLimits: Sendable {
    /// The most bytes, those of line ends and lengths included.
    var byteCount: Int
    /// The most elements, nested ones included.
    var elementCount: Int
}
