/// What somebody who reads a text should know about it.
public enum TextNote: String, Sendable, Hashable, CaseIterable, Comparable {
    /// Characters that control a terminal or a line, such as ESC or a line end.
    case control
    /// Characters that show nothing: zero-width, tags, fillers, variation selectors.
    case hidden
    /// Marks that change the direction of what follows.
    case bidirectional
    /// Letters that are written from right to left, so that the order on the screen is not that of the bytes.
    case rightToLeft = "right_to_left"
    /// Blanks that are not the ordinary one, and blanks at the beginning or at the end.
    case blank
    /// A word with letters of several scripts, such as a Latin word with a Cyrillic `е`.
    case mixedScript = "mixed_script"
    /// A word in another script that looks like a Latin one.
    case lookalike
    /// Other forms of ordinary characters: full-width, mathematical, circled, small, and signs that look like `/` or `-`.
    case compatibility
    /// Marks over, under or around characters where none belong, or too many of them.
    case stackedMarks = "stacked_marks"
    /// Code points that mean nothing in Unicode: unassigned or for private use.
    case unassigned

    /// The order in which they are declared.
    public static func < (left: TextNote, right: TextNote) -> Bool {
        left.rank < right.rank
    }

    private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}
