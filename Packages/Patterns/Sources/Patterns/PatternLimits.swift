/// What one search may cost at most; what would cost more is an error, never "no match".
///
/// The engine's own match limit starts anew at each position of the text, so it alone allows quadratic work. Steps are
/// therefore counted over the whole search: one for each item of the pattern that is tried, and one for each eight bytes
/// that an item moved over. A search may take ``match`` steps and ``stepsPerByte`` more for each byte of the text. The count
/// depends on pattern and text alone, not on the machine.
public struct PatternLimits: Hashable, Sendable {
    /// Steps that any search may take, default 100 000.
    public var match: Int
    /// How deep the engine's interpreter may nest its way back, default 1 000; compiled machine code has no such depth.
    public var depth: Int
    /// Memory for the way back in KiB, default 1 024, for the interpreter and for compiled machine code.
    public var heapKiB: Int
    /// Further steps for each byte of the text, default 16.
    public var stepsPerByte: Int

    /// Creates limits; values below zero count as zero.
    ///
    /// - Parameters:
    ///   - match: Steps that any search may take.
    ///   - depth: Nesting of the interpreter.
    ///   - heapKiB: Memory in KiB.
    ///   - stepsPerByte: Further steps for each byte of the text.
    public init(match: Int = 100_000, depth: Int = 1_000, heapKiB: Int = 1_024, stepsPerByte: Int = 16) {
        self.match = max(match, 0)
        self.depth = max(depth, 0)
        self.heapKiB = max(heapKiB, 0)
        self.stepsPerByte = max(stepsPerByte, 0)
    }

    /// The steps for a text of so many bytes.
    func steps(bytes: Int) -> Int {
        let (further, overflow) = max(self.stepsPerByte, 0).multipliedReportingOverflow(by: bytes)
        let (sum, overflowOfSum) = max(self.match, 0).addingReportingOverflow(further)
        return overflow || overflowOfSum ? .max : sum
    }
}
