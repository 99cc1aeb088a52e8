internal import CPCRE2

/// Counts the steps of a search; the engine calls it before each item of the pattern that it tries.
struct StepMeter {
    /// Steps that are left; below zero the search ends.
    var remaining: Int
    /// Where in the text the last item was tried.
    private var place: Int
    private let referenceOffsets: [Int]

    /// Bytes that an item moves over for one step.
    private static let bytesPerStep = 8

    init(steps: Int, start: Int, referenceOffsets: [Int]) {
        self.remaining = steps
        self.place = start
        self.referenceOffsets = referenceOffsets
    }

    /// Charges an item; returns false when there are no steps left.
    private mutating func charge(_ block: pcre2_callout_block_8) -> Bool {
        let place = block.current_position
        var cost = 1 + abs(place &- self.place) / Self.bytesPerStep
        self.place = place
        if !self.referenceOffsets.isEmpty, self.referenceOffsets.contains(block.pattern_position) {
            cost += Self.capturedBytes(block) / Self.bytesPerStep
        }
        self.remaining -= cost
        return self.remaining >= 0
    }

    /// The length of all groups together, as a bound of the one that is compared.
    private static func capturedBytes(_ block: pcre2_callout_block_8) -> Int {
        guard let offsets = block.offset_vector else { return 0 }
        var sum = 0
        for group in 1..<max(Int(block.capture_top), 1) {
            let (start, end) = (offsets[2 * group], offsets[2 * group + 1])
            if start >= 0, start <= end { sum += end - start }
        }
        return sum
    }

    /// The function that the engine calls, with a pointer to the meter.
    static let callout: @convention(c) (UnsafeMutablePointer<pcre2_callout_block_8>?, UnsafeMutableRawPointer?) -> Int32 = {
        block, meter in
        guard let block, let meter else { return PCRE2_ERROR_CALLOUT }
        return meter.assumingMemoryBound(to: StepMeter.self).pointee.charge(block.pointee) ? 0 : PCRE2_ERROR_CALLOUT
    }
}
