import Patterns

/// Patterns that the operator wrote.
extension ScanTables {
    /// How much is searched at once, so that literals close to each other cost one search.
    private static let stretch = 4_096

    func matchOwn(_ own: OwnPattern, rule: Int, number: Int, _ text: ByteText, at hit: Range<Int>, _ state: inout ScanState) {
        if state.progress.ownEnds.isEmpty { state.progress.ownEnds = [Int](repeating: 0, count: self.ownCount) }
        guard hit.upperBound &+ own.window > state.progress.ownEnds[number] else { return }
        let start = max(hit.lowerBound &- own.window, state.progress.markerEnd, 0)
        let end = min(hit.upperBound &+ max(own.window, Self.stretch), text.count)
        guard start < end else { return }
        state.progress.ownEnds[number] = end
        state.charge((end &- start) &* 2)
        let bytes = UnsafeRawBufferPointer(start: text.base + start, count: end &- start)
        do {
            for match in try own.pattern.matches(in: bytes, atMost: 1_000) where !match.range.isEmpty {
                let whole = (match.range.lowerBound &+ start)..<(match.range.upperBound &+ start)
                let secret = match[1].map { ($0.lowerBound &+ start)..<($0.upperBound &+ start) } ?? whole
                self.report(rule, text, whole: whole, secret: secret.isEmpty ? whole : secret, &state)
            }
        } catch {
            // A search that gave no answer leaves the payload unjudged.
            state.isComplete = false
        }
    }
}
