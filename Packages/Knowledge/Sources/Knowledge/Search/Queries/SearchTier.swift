/// How strictly the words of a query are held to; the next tier is tried only when the one before finds nothing.
enum SearchTier: UInt8, Sendable, CaseIterable {
    /// Every word as typed.
    case exact = 1
    /// Every word, with those that nobody has ever used replaced by the nearest that somebody has.
    case corrected = 2
    /// As many of the rarest words as some trace has together, two at least.
    case some = 3
    /// One of the rarest words, three at most, and another.
    case pairs = 4
    /// One of the words that are about as rare as the rarest.
    case any = 5
}
