/// Where a pattern matched, in bytes of the text.
public struct PatternMatch: Hashable, Sendable {
    /// The whole match; empty for patterns that match nothing but a place.
    public let range: Range<Int>
    /// The whole match and then each group by its number; nil for groups that took no part.
    public let groups: [Range<Int>?]

    /// The range of a group, or nil if it took no part or there is none of this number; 0 is the whole match.
    public subscript(group: Int) -> Range<Int>? {
        self.groups.indices.contains(group) ? self.groups[group] : nil
    }
}
